package blocker

import "github.com/segment-blocker/segment-blocker/blocker/catalog"

// maxLearned bounds the proxies that a page can teach the gate.
const maxLearned = 32

// Learn is told of a script that the page's own snippet asks for, on a host that nobody configured: host and path as in
// a Request. A path that has the shape of Segment's loader makes a first-party proxy known, with the prefix that stands
// before the shape; of that host only what has a shape of Analytics.js is Segment's. sure says that the script's element
// carries the snippet's own mark, so that the script is Segment's whatever its path is (a custom domain may rename it).
// It reports whether something was learned.
func (g *Gate) Learn(host, path string, sure bool) bool {
	if host == "" || len(g.config.Hosts) >= maxLearned || g.Known(host, path) {
		return false
	}
	p := Proxy{Host: cleanHost(clone(host)), Shapes: true}
	if at := catalog.Loader(path); at >= 0 {
		p.Prefix = clone(path[:at])
	} else if sure && len(path) > 1 {
		p.Prefix, p.Shapes = clone(path), false
	} else {
		return false
	}
	g.addProxy(p)
	return true
}

// LearnAPI is told where Analytics.js sends events on this page: host and path as in a Request, of the apiHost that the source's
// settings or the page's options name (AN plugins/segmentio). It reports whether a first-party proxy became known: what has a
// shape of the tracking API there, or where the path has another end than Segment's "/v1" all below it.
func (g *Gate) LearnAPI(host, path string) bool {
	for path != "" && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	if host == "" || path == "" || len(g.config.Hosts) >= maxLearned || g.Known(host, path+"/t") {
		return false
	}
	p := Proxy{Host: cleanHost(clone(host)), Prefix: clone(path)}
	if n := len(path) - len(apiVersion); n >= 0 && path[n:] == apiVersion {
		p.Prefix, p.Shapes = p.Prefix[:n], true
	}
	g.addProxy(p)
	return true
}

// apiVersion ends the path under which Segment's tracking API is.
const apiVersion = "/v1"

// addProxy never writes in place: the list may be shared with the configuration the gate was made with.
func (g *Gate) addProxy(p Proxy) {
	n := len(g.config.Hosts)
	g.config.Hosts = append(g.config.Hosts[:n:n], p)
}

// Known reports whether a URL is Segment's as far as the catalog and the known proxies say.
func (g *Gate) Known(host, path string) bool {
	if catalog.FindHost(host, path) >= 0 {
		return true
	}
	_, _, ok := g.config.onProxy(host, path)
	return ok
}

// clone takes a text out of a buffer that its owner will use again.
func clone(s string) string { return string([]byte(s)) }
