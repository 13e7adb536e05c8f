package audit

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

const pagesXML = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://shop.example/a </loc><image:image><image:loc>https://shop.example/i.png</image:loc></image:image></url>
<url><loc>https://shop.example/b?x=1&amp;y=2</loc></url><url><loc>ftp://shop.example/c</loc></url><url><loc>https://shop.example/a</loc></url></urlset>`

func TestSitemaps(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		texts := map[string]string{
			"/plain.xml": pagesXML, "/zipped.xml.gz": zipped(pagesXML), "/empty.xml": "", "/none.xml": "<urlset/>", "/page": "<!doctype html><p>hello",
			"/cut.xml":   pagesXML[:200],
			"/index.xml": "<sitemapindex><sitemap><loc>" + server.URL + "/zipped.xml.gz</loc></sitemap><sitemap><loc>" + server.URL + "/more.xml</loc></sitemap></sitemapindex>",
			"/more.xml":  "<urlset><url><loc>https://shop.example/d</loc></url></urlset>",
			"/loop.xml":  "<sitemapindex><sitemap><loc>" + server.URL + "/loop.xml</loc></sitemap></sitemapindex>",
		}
		text, ok := texts[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	defer server.Close()
	two := []string{"https://shop.example/a", "https://shop.example/b?x=1&y=2"}
	cases := []struct {
		name  string
		limit int
		want  []string
		err   string
	}{
		{"plain.xml", 0, two, ""},
		{"plain.xml", 1, two[:1], ""},
		{"zipped.xml.gz", 0, two, ""},
		{"index.xml", 0, append(two[:2:2], "https://shop.example/d"), ""},
		{"loop.xml", 0, nil, "names more than 50 sitemaps"},
		{"empty.xml", 0, nil, "it is empty"},
		{"none.xml", 0, nil, "names no page"},
		{"page", 0, nil, "it is not"},
		{"cut.xml", 0, nil, "it is not XML"},
		{"missing.xml", 0, nil, "the server answered 404 Not Found"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Sitemap(context.Background(), Options{}, server.URL+"/"+c.name, c.limit)
			if c.err != "" {
				require.Error(t, err)
				assert.Contains(t, err.Error(), c.err)
				assert.NotContains(t, err.Error(), "\n")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
	_, err := Sitemap(context.Background(), Options{Proxy: "http://127.0.0.1:1"}, "http://shop.example/s.xml", 0)
	require.Error(t, err)
	assert.True(t, strings.Contains(err.Error(), "127.0.0.1:1"), err.Error())
}
