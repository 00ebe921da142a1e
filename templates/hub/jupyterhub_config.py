"""JupyterHub for SAFE Workbooks: it starts `safe serve` for each person who signs in to it, below /user/NAME/.

    pip install 'safe-workbooks[hub]'                    # and the proxy, see below
    cp "$(safe hub)" /etc/safe/jupyterhub_config.py      # a copy of your own, with the lines below settled
    jupyterhub --config /etc/safe/jupyterhub_config.py

Two doors stand one behind the other. JupyterHub's own sign-in decides who may start a server; it opens no case. The suite's
sign-in comes after it, with passphrase and code as everywhere: whoever has no way into the store gets no further than that
page. No notebook server of Jupyter's is started, and nobody gets a terminal or an editor.

All servers share one host name, and for a browser that is one site. Where people do not trust each other's accounts, give
each a name of its own: c.JupyterHub.subdomain_host = "https://hub.example.org".
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821
PROGRAMS = Path(sys.executable).parent  # of this installation

# Where people find it. TLS is needed beyond this machine: give JupyterHub the certificate, or name what stands before it.
c.JupyterHub.bind_url = os.environ.get("SAFE_HUB_BIND", "http://127.0.0.1:8000")
c.JupyterHub.public_url = os.environ.get("SAFE_HUB_PUBLIC", "http://127.0.0.1:8000/")
# c.JupyterHub.ssl_cert = "/etc/safe/hub.crt"
# c.JupyterHub.ssl_key = "/etc/safe/hub.key"

# Who may start a server; the accounts of this machine, with their passwords (PAM).
c.Authenticator.allowed_users = {name for name in os.environ.get("SAFE_HUB_USERS", "").split() if name}
c.Authenticator.delete_invalid_users = True

# Each person works in a store of their own, in their own data folder, under their own account of this machine. For a team
# with one store, all servers run under the account that owns it, which is then also the account that runs JupyterHub.
TEAM_STORE = os.environ.get("SAFE_HUB_STORE", "")  # a path, or postgresql://ACCOUNT@HOST/DATABASE
c.JupyterHub.spawner_class = "simple" if TEAM_STORE else "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [str(PROGRAMS / "safe"), "serve", "--behind-hub", *(["--store", TEAM_STORE] if TEAM_STORE else [])]
c.Spawner.default_url = "/"
c.Spawner.http_timeout = 60  # seconds until the server has to answer
c.Spawner.start_timeout = 60
c.Spawner.disable_user_config = True

# Nothing of a case stands in what is written down; addresses do, so little is.
c.Application.log_level = "WARN"
# The proxy of JupyterHub's makers is a program for Node: apt-get install node-configurable-http-proxy, or npm install --global configurable-http-proxy.
# The one of the same name for Python does not carry the pages' live line (tried with 0.4.0: it agrees on no sub-protocol).
c.ConfigurableHTTPProxy.command = ["configurable-http-proxy", "--log-level", "error"]
c.ConfigurableHTTPProxy.should_start = True

# Servers end with the hub, and with the person's signing out of it.
c.JupyterHub.cleanup_servers = True
c.JupyterHub.shutdown_on_logout = True
c.JupyterHub.allow_named_servers = False
