package rewrite_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// page is a document made to look like those of real sites: the mixes of tags, attributes, text and script were set by
// what news, shop, documentation and single-page sites send.
type page struct {
	name string
	html string
}

// pages are made the same way each time.
func pages() []page {
	return []page{
		{"article-20KB", article(20 << 10)},
		{"docs-60KB", docs(60 << 10)},
		{"shop-200KB", shop(200 << 10)},
		{"app-400KB", app(400 << 10)},
		{"listing-1MB", shop(1 << 20)},
	}
}

type maker struct {
	strings.Builder
	r *rand.Rand
}

func newMaker(seed uint64) *maker { return &maker{r: rand.New(rand.NewPCG(seed, 7))} }

func (m *maker) f(format string, a ...any) { fmt.Fprintf(m, format, a...) }

var vocabulary = strings.Fields(`the of and a to in is that it for as with was on be by at from this have or an they which
	one had not but what all were when there can more about other some them these would into only time could two then
	first made people than year market garden window paper river morning company question number system water night
	country school family government history business service product customer delivery weather travel kitchen`)

func (m *maker) words(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = vocabulary[m.r.IntN(len(vocabulary))]
	}
	return strings.Join(words, " ")
}

// head is a head with what most pages have in it, Segment's tags among them.
func (m *maker) head(title string) {
	m.f("<!DOCTYPE html>\n<html lang=\"en\" class=\"no-js\">\n<head>\n  <meta charset=\"utf-8\">\n  <title>%s</title>\n", title)
	m.f("  <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n  <meta name=\"description\" content=\"%s\">\n", m.words(20))
	for i := range 8 {
		m.f("  <meta property=\"og:p%d\" content=\"%s\">\n", i, m.words(6))
	}
	m.f("  <link rel=\"canonical\" href=\"https://shop.example/%d\">\n  <link rel=\"preconnect\" href=\"https://cdn.segment.com\">\n", m.r.IntN(1e6))
	for i := range 4 {
		m.f("  <link rel=\"stylesheet\" href=\"/assets/css/chunk-%d.%x.css\">\n", i, m.r.Uint32())
	}
	m.f("  <style>\n%s</style>\n", strings.Repeat("    .card > .title::after { content: \"<b>\"; margin: 0 auto; color: #334155 }\n", 12))
	m.f("  <script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"WebPage\",\"name\":\"%s\"}</script>\n", m.words(8))
	m.f("  <script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',new Date());%s</script>\n",
		strings.Repeat("if(window.a&&/b\\/c/.test(location.href)){window.a={b:1,c:\"d\"}};", 8))
	m.f("  <script async src=\"https://cdn.segment.com/analytics.js/v1/WRITEKEY/analytics.min.js\"></script>\n")
	m.f("  <script defer src=\"/assets/js/app.%x.js\"></script>\n</head>\n", m.r.Uint32())
}

func (m *maker) nav() {
	m.f("<body class=\"page page--default\">\n<header class=\"site-header\"><nav aria-label=\"Main\"><ul class=\"nav\">\n")
	for i := range 12 {
		m.f("  <li class=\"nav__item\"><a class=\"nav__link\" href=\"/c/%d?ref=nav&amp;pos=%d\">%s</a></li>\n", i, i, m.words(2))
	}
	m.f("</ul></nav>%s</header>\n<main id=\"main\">\n", m.icon())
}

func (m *maker) icon() string {
	return fmt.Sprintf(`<svg class="icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true"><title>%s</title><path d="M12 2L2 7l10 5 10-5-10-5z%d"/><path fill="none" stroke="currentColor" d="M2 17l10 5 10-5M2 12l10 5 10-5"/></svg>`,
		m.words(1), m.r.IntN(100))
}

func (m *maker) end() string {
	m.f("</main>\n<footer><p>&copy; 2026 Example &middot; <a href=\"/privacy\">Privacy</a></p></footer>\n")
	m.f("<noscript><img height=\"1\" width=\"1\" src=\"https://api.segment.io/v1/pixel/page?data=x\"></noscript>\n</body>\n</html>\n")
	return m.String()
}

func article(size int) string {
	m := newMaker(1)
	m.head("An article")
	m.nav()
	for m.Len() < size-400 {
		m.f("<h2 id=\"s%d\">%s</h2>\n<p>%s <a href=\"/a/%d\">%s</a>, %s &mdash; <em>%s</em> %s.</p>\n", m.r.IntN(999), m.words(5),
			m.words(60), m.r.IntN(1e5), m.words(3), m.words(40), m.words(2), m.words(50))
		if m.r.IntN(3) == 0 {
			m.f("<figure><img src=\"https://images.shop.example/%d.jpg?w=1200&amp;q=80\" alt=\"%s\" loading=\"lazy\" width=\"1200\" height=\"800\"><figcaption>%s</figcaption></figure>\n",
				m.r.IntN(1e6), m.words(4), m.words(10))
		}
	}
	return m.end()
}

func docs(size int) string {
	m := newMaker(2)
	m.head("Reference")
	m.nav()
	for m.Len() < size-400 {
		m.f("<section><h3><code>%s()</code></h3><p>%s</p><pre><code class=\"language-js\">", m.words(1), m.words(30))
		for range 6 {
			m.f("<span class=\"k\">const</span> <span class=\"nx\">%s</span> <span class=\"o\">=</span> <span class=\"s1\">&#39;%s&#39;</span><span class=\"p\">;</span>\n", m.words(1), m.words(2))
		}
		m.f("</code></pre><table><tr><th>%s</th><td>%s</td></tr></table></section>\n", m.words(1), m.words(9))
	}
	return m.end()
}

func shop(size int) string {
	m := newMaker(3)
	m.head("Shop")
	m.nav()
	m.f("<div class=\"grid\">\n")
	for i := 0; m.Len() < size-400; i++ {
		id := m.r.IntN(1e7)
		m.f("<article class=\"card\" data-sku=\"%d\" data-testid=\"product-card\"><a href=\"/p/%d-%s\" class=\"card__link\"><picture>", id, id, m.words(1))
		m.f("<source type=\"image/webp\" srcset=\"/img/%d-320.webp 320w, /img/%d-640.webp 640w, /img/%d-960.webp 960w\" sizes=\"(max-width: 600px) 50vw, 25vw\">", id, id, id)
		m.f("<img class=\"card__img\" src=\"/img/%d-320.jpg\" alt=\"%s\" loading=\"lazy\" decoding=\"async\"></picture><h3 class=\"card__title\">%s</h3></a>", id, m.words(3), m.words(6))
		m.f("<p class=\"price\"><del>%d.99</del> <ins>%d.49</ins></p><p>%s</p><button type=\"button\" class=\"btn btn--primary\" aria-label=\"Add\">%s</button></article>\n",
			m.r.IntN(90)+10, m.r.IntN(90), m.words(25), m.icon())
	}
	m.f("</div>\n")
	return m.end()
}

func app(size int) string {
	m := newMaker(4)
	m.head("App")
	m.nav()
	m.f("<div id=\"root\">\n")
	for m.Len() < size/3 {
		m.f("<div class=\"css-%x\"><div class=\"css-%x\"><span class=\"css-%x\">%s</span></div></div>", m.r.Uint32(), m.r.Uint32(), m.r.Uint32(), m.words(8))
	}
	m.f("</div>\n<script id=\"state\" type=\"application/json\">{")
	for m.Len() < size*2/3 {
		m.f("\"k%d\":{\"title\":\"%s\",\"html\":\"\\u003cp\\u003e%s\"},", m.r.IntN(1e6), m.words(4), m.words(12))
	}
	m.f("\"end\":0}</script>\n")
	for m.Len() < size-400 {
		m.f("<script>(self.__chunks=self.__chunks||[]).push([%d,\"%s\",{\"children\":[\"$\",\"div\",null,{\"className\":\"%s\"}]}]);", m.r.IntN(99), m.words(120), m.words(5))
		m.f("!function(e,t){for(var n=0;n<t.length;n++)e[t[n]]=function(r){return r/2+%d}}(window,[\"a\",'b']);</script>\n", m.r.IntN(99))
	}
	return m.end()
}
