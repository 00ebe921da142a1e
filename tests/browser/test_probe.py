import time, pytest
pytestmark = pytest.mark.browser
def test_probe(server, visit):
    t=time.time()
    ref=server.new_case("Oak", ilo_adult_labour={k:"present" for k in "DR02 DR05 DR08 EX01 EX02 CD01".split()})
    print("seed",time.time()-t); t=time.time()
    v=visit(); v.open("identification",ref); print("live",time.time()-t); t=time.time()
    v.answer("CD14","present"); print("clicked", time.time()-t); v.wait_for_outcome("trafficking_case"); print("outcome", time.time()-t)
    print(server.kernels(), v.problems, server.saved(ref,"ilo_adult_labour"))
    t=time.time(); print(server.kill_kernels()); print("lost", v.time_to_lost())
    v.answer("CD03","present"); v.wait_until_saved(); print(time.time()-t, v.says("[data-part=connection]"))
    v.page.screenshot(path="/tmp/pr_lost.png")
    print(server.saved(ref,"ilo_adult_labour"))
