package proxy

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker/internal/header"
)

// documentURL is the address of the requested document as the browser knows it: by the configuration, by what the first
// of the proxies in front says, if they are believed, or by the request itself.
func (p *Proxy) documentURL(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if p.o.TrustForwarded {
		proto, name := forwarded(r.Header)
		scheme, host = cmp.Or(proto, scheme), cmp.Or(name, host)
	}
	if u := p.o.PublicURL; u != nil {
		scheme, host = u.Scheme, u.Host
	}
	return scheme + "://" + host + r.URL.EscapedPath()
}

// forwarded returns the scheme and host that the visitor asked for. In each header the proxy next to the visitor stands
// first; what is no scheme or host of a site says nothing.
func forwarded(h http.Header) (proto, host string) {
	proto, host = first(h, "X-Forwarded-Proto"), first(h, "X-Forwarded-Host")
	for _, pair := range header.Split(first(h, "Forwarded"), ';') {
		// RFC 7239 section 4.
		name, value, _ := strings.Cut(pair, "=")
		value = strings.ReplaceAll(strings.Trim(value, " \t\""), `\`, "")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "proto":
			proto = cmp.Or(proto, value)
		case "host":
			host = cmp.Or(host, value)
		}
	}
	if proto = strings.ToLower(proto); proto != "http" && proto != "https" {
		proto = ""
	}
	if strings.ContainsAny(host, "/?#@\\ ") {
		host = ""
	}
	return proto, host
}

// first is the first member of a list, of however many lines.
func first(h http.Header, name string) string {
	return strings.TrimSpace(header.Split(strings.Join(h.Values(name), ","), ',')[0])
}
