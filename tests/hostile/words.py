"""Words that a page, a document, a terminal or a template might take for more than words (SEC-40)."""

from __future__ import annotations

HTML = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<body onload=alert(1)>", "<iframe src=javascript:alert(1)>",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">", "<a href=javascript:alert(1)>x</a>", "<details open ontoggle=alert(1)>", "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>", "<object data=javascript:alert(1)>", "<embed src=//127.0.0.1:9/x>", "<base href=//127.0.0.1:9/>", "<link rel=stylesheet href=//127.0.0.1:9/x.css>",
    "<meta http-equiv=refresh content=0;url=//127.0.0.1:9/>", "<style>*{display:none}</style>", "<style>@import '//127.0.0.1:9/x'</style>", "<form action=//127.0.0.1:9/><button>x",
    "<button formaction=javascript:alert(1)>x", "<marquee onstart=alert(1)>", "<template><script>alert(1)</script></template>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea></textarea><script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>", "</title><script>alert(1)</script>", "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>", "<!--><script>alert(1)</script>-->", "--><img src=x onerror=alert(1)>", "<![CDATA[<script>alert(1)</script>]]>", "<?xml version=\"1.0\"?><x/>",
    "<!DOCTYPE html>", "\"><script>alert(1)</script>", "'><script>alert(1)</script>", "\" onmouseover=alert(1) x=\"", "' onmouseover=alert(1) x='", "` onmouseover=alert(1)", "x\" autofocus onfocus=\"alert(1)",
    "<<script>alert(1)//<</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<SCRIPT SRC=//127.0.0.1:9/x></SCRIPT>", "<img/src/onerror=alert(1)>", "<img src=\"x\" onerror=\"&#97;lert(1)\">",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;img src=x onerror=alert(1)&#62;", "&amp;lt;b&amp;gt;", "&nbsp;&copy;&#x202e;", "%3Cscript%3Ealert(1)%3C/script%3E", "\\u003cscript\\u003ealert(1)",
    "<xss style=xss:expression(alert(1))>", "<div style=\"background:url(javascript:alert(1))\">", "<table background=javascript:alert(1)>", "<isindex type=image src=1 onerror=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>", "<svg><use href=\"data:image/svg+xml,<svg id='x' onload='alert(1)'/>#x\"/>", "<svg><foreignObject><script>alert(1)</script></foreignObject></svg>",
    "<slot name=x onslotchange=alert(1)>", "<safe-kernel data-id=\"x\"></safe-kernel>", "<safe-widget data-model=x></safe-widget>", "<fieldset data-item=\"DR01\"><input value=present checked></fieldset>",
    "<a data-action=\"leave\" href=\"//127.0.0.1:9/\">Leave</a>", "<form method=dialog data-form=x></form>", "<div data-region=outcome data-view=outcome data-outcome=x></div>",
)  # fmt: skip
SCRIPTS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)", "alert(1)", "');alert(1);//", "\";alert(1);//", "`${alert(1)}`",
    "{}.constructor.constructor('alert(1)')()", "__proto__", "constructor", "toString", "[object Object]", "null", "undefined", "NaN", "true", "$&", "$'$`", "$1$2", "\\x3cscript\\x3e", "\u2028alert(1)\u2029",
)  # fmt: skip
MARKDOWN = (
    "[x](javascript:alert(1))", "![x](x\" onerror=\"alert(1))", "![](http://127.0.0.1:9/x.png)", "[x]: javascript:alert(1)", "<javascript:alert(1)>", "# Heading", "* point", "- point", "1. point", "> quoted",
    "**bold** _italic_ `code`", "```\ncode\n```", "    indented code", "| a | b |\n|---|---|", "---", "***", "~~gone~~", "[^1]: note", "line  \nbreak", "\\*not bold\\*", "<b>bold</b>", "[x](#view-outcome)", "==marked==",
)  # fmt: skip
TEMPLATES = (
    "{{7*7}}", "{{ config }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}", "{# comment #}", "{%- raw -%}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
    "{7*7}", "{item}", "{label}", "{code}", "{low} / {high}", "{count}", "{title}", "{date}", "{0.__class__}", "{!r}", "{", "}", "{{", "}}", "%s %d %(x)s", "%n", "$name ${name}", "@{x}", "[[${7*7}]]", "*{7*7}", "~{x}", "{{{x}}}",
    "<%@ include file='x' %>", "{{constructor.constructor('alert(1)')()}}", "{{=<% %>=}}",
)  # fmt: skip
TYPESETTING = (
    "\\input{/etc/passwd}", "\\write18{id}", "\\immediate\\write18{id}", "\\end{document}", "\\newcommand{\\x}{y}", "\\catcode`\\%=0", "$\\frac{1}{2}$", "$$x^2$$", "\\(x\\)", "\\[x\\]", "\\\\", "\\href{javascript:alert(1)}{x}",
    "\\def\\x{\\x\\x}\\x", "\\includegraphics{/etc/passwd}", "% comment", "~ & # _ ^", "#read(\"/etc/passwd\")", "#include \"/etc/passwd\"", "#import \"@preview/x:0.1.0\"", "#sys.version", "#eval(\"1+1\")", "#panic(\"x\")",
    "#while true {}", "#let x = 1", "#set page(width: 1pt)", "#show: x => none", "#link(\"http://127.0.0.1:9/\")", "#image(\"/etc/passwd\")", "#plugin(\"x.wasm\")", "#context 1", "#[x]", "#(1+1)", "= Heading", "== Heading",
    "- point", "+ point", "/ term: text", "*bold* _italic_", "`code`", "<label>", "@reference", "$ 1/2 $", "\\u{202e}", "]", ")", "\")", "#)]}", "/* comment", "*/", "// comment",
)  # fmt: skip
TERMINAL = (
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b[2J\x1b[H", "\x1b]8;;http://127.0.0.1:9/\x1b\\link\x1b]8;;\x1b\\", "\x1b[?1049h", "\x9b31mred", "\x9d0;title\x9c", "\x07\x07", "a\x08b", "a\x7fb", "first\rsecond",
    "\x1bP+q544e\x1b\\", "\x1b[6n", "\x0e\x0f", "\x00", "\x85next", "[bold red]x[/]", ":warning: [link=http://127.0.0.1:9/]x[/link]",
)  # fmt: skip
DIRECTIONS = (
    "\u202eesrever", "\u202eabc\u202c", "\u202dabc\u202c", "\u202aabc", "\u202babc\u202c", "\u2067abc", "\u2066abc\u2069", "\u2068abc\u2069", "\u200fabc\u200e", "\u061cabc", "abc\u202c\u202c\u202c", "\u2069\u2069abc",
    "safe \u202enot\u202c here", "\u202e\u2066/*\u2069\u202c", "\u0633\u0644\u0627\u0645 <b>x</b>", "\u05e9\u05dc\u05d5\u05dd {{x}}", "\u0639\u0645\u0631 12 (3)", "a\u0301\u0302\u0303\u0304\u0305\u0306", "Z\u0351\u036b\u0343\u0346",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u200b\u200c\u200d\ufeff", "\ufff9a\ufffab\ufffb", "\U000e0041\U000e0042", "\ud83d"[:1],
)  # fmt: skip
OTHERS = (
    "'; DROP TABLE cases; --", "1 OR 1=1", "\" OR \"\"=\"", "; rm -rf /", "$(id)", "`id`", "| id", "&& id", "../../etc/passwd", "file:///etc/passwd", "//127.0.0.1:9/x", "=cmd|'/C calc'!A0", "+1+1", "@SUM(1)", "!!python/object:os.system x",
    "&a *a", "- {a: b}", "key: value", "---\n...", "\"a\",\"b\"", "a;=1+1", "<w:p><w:r><w:t>x</w:t></w:r></w:p>", "<w:fldSimple w:instr=\"DATE\"/>", "INCLUDETEXT \"/etc/passwd\"", "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe",
    "x" * 2_000, "word " * 400,
)  # fmt: skip

WORDS = tuple(dict.fromkeys((*HTML, *SCRIPTS, *MARKDOWN, *TEMPLATES, *TYPESETTING, *TERMINAL, *DIRECTIONS, *OTHERS)))


def letters(text: str) -> str:
    """What is left of a text to compare: letters, digits and signs, without spaces and what cannot be seen."""
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace())
