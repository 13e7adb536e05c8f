package audit

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Bounds of what a sitemap may be; the first two are those of the sitemaps protocol (sitemaps.org) for one file.
const (
	maxSitemapBytes = 50 << 20
	maxSitemapURLs  = 50_000
	maxSitemapFiles = 50
)

// Sitemap returns the pages that a sitemap names, in its order and without repeats, at most limit of them (0: all). It may be
// an index of sitemaps, and gzipped. The proxy and the trust in certificates are those of the audit.
func Sitemap(ctx context.Context, o Options, address string, limit int) ([]string, error) {
	client, err := sitemapClient(o.withDefaults())
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	if limit <= 0 || limit > maxSitemapURLs {
		limit = maxSitemapURLs
	}
	var pages []string
	for queue, seen := []string{address}, 0; len(queue) > 0 && len(pages) < limit; queue = queue[1:] {
		if seen++; seen > maxSitemapFiles {
			return nil, fmt.Errorf("%s names more than %d sitemaps", address, maxSitemapFiles)
		}
		found, more, err := readSitemap(ctx, client, queue[0])
		if err != nil {
			return nil, fmt.Errorf("sitemap %s: %w", queue[0], err)
		}
		queue = append(queue, more...)
		for _, page := range found {
			if len(pages) < limit && !slices.Contains(pages, page) {
				pages = append(pages, page)
			}
		}
	}
	if len(pages) == 0 {
		return nil, fmt.Errorf("sitemap %s names no page", address)
	}
	return pages, nil
}

func sitemapClient(o Options) (*http.Client, error) {
	t := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: o.Insecure}, Proxy: http.ProxyFromEnvironment} //nolint:gosec // asked for
	if o.Proxy != "" {
		through, err := url.Parse(o.Proxy)
		if err != nil {
			return nil, fmt.Errorf("--proxy: %w", err)
		}
		t.Proxy = http.ProxyURL(through)
	}
	return &http.Client{Transport: t, Timeout: max(o.Timeout, 10*time.Second)}, nil
}

// readSitemap reads one file: the pages and the sitemaps that it names.
func readSitemap(ctx context.Context, client *http.Client, address string) (pages, sitemaps []string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, nil, errors.Unwrap(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("the server answered %s", answer.Status)
	}
	body := bufio.NewReader(answer.Body)
	var plain io.Reader = body
	if magic, _ := body.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		if plain, err = gzip.NewReader(body); err != nil {
			return nil, nil, err
		}
	}
	return parseSitemap(io.LimitReader(plain, maxSitemapBytes))
}

// parseSitemap reads element by element, so that the file's size does not matter.
func parseSitemap(r io.Reader) (pages, sitemaps []string, err error) {
	d := xml.NewDecoder(r)
	root := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if root == "" {
				return nil, nil, errors.New("it is empty")
			}
			return pages, sitemaps, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("it is not XML: %w", err)
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case root == "":
			root = start.Name.Local
			if root != "urlset" && root != "sitemapindex" {
				return nil, nil, fmt.Errorf("it is not a sitemap: its root is <%s>", root)
			}
		case start.Name.Local == "url" || start.Name.Local == "sitemap":
			var entry struct {
				Location string `xml:"loc"`
			}
			if err := d.DecodeElement(&entry, &start); err != nil {
				return nil, nil, fmt.Errorf("it is not XML: %w", err)
			}
			at := strings.TrimSpace(entry.Location)
			if CheckURL(at) != nil {
				continue
			}
			if start.Name.Local == "url" {
				pages = append(pages, at)
			} else {
				sitemaps = append(sitemaps, at)
			}
		}
	}
}
