package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// DefaultQueueLimit is how many analytics calls are held while the choice is open; MaxQueueLimit bounds what a
// configuration may ask for.
const (
	DefaultQueueLimit = 1000
	MaxQueueLimit     = 1_000_000
)

// Config is a validated configuration. Its zero value is the strict default of the public contract.
type Config struct {
	// Model holds before a choice. Auto is opt-in until a source says otherwise.
	Model consent.Model
	// Requires is what Segment itself needs before it may load; empty means analytics.
	Requires consent.Set
	// RequiresAuto adds to Requires what those destinations need that cannot be left out, as soon as the source's settings
	// name them.
	RequiresAuto bool
	// Hosts are the site's first-party proxies of Segment.
	Hosts []Proxy
	// Rules are further things to gate.
	Rules []Rule
	// Categories maps the site's own CMP categories to ours.
	Categories []Mapping
	// Destinations maps a Segment destination's name to the category it needs.
	Destinations []Mapping
	// CMP names the adapters to listen to; nil means every one ("auto"), an empty list none.
	CMP []string
	// QueueLimit bounds the held analytics calls; 0 means DefaultQueueLimit, and MaxQueueLimit is the most.
	QueueLimit int
	// IgnoreGPC does not take Global Privacy Control as an opt-out of marketing.
	IgnoreGPC bool
	// IgnoreStored does not trust the CMP's stored choice before the CMP has loaded.
	IgnoreStored bool
	// Debug logs every decision on the console.
	Debug bool
	// PageHost is the host of the page itself, with ":port" unless it is the default. A proxy on this host is known by
	// its path shapes alone, so that the site itself is never held.
	PageHost string
}

// Proxy is a first-party proxy of Segment.
type Proxy struct {
	// Host is lower-case; with a port it matches that port alone, without one every port.
	Host string
	// Prefix starts with a slash and has none at its end; empty when the whole host is the proxy.
	Prefix string
	// Shapes limits the proxy to paths that have a shape of Analytics.js: the rest of the host may be the site's own.
	Shapes bool
}

// Rule gates something that is not Segment's. Exactly one of Host, Cookie and Storage is set.
type Rule struct {
	// Host covers its subdomains too.
	Host string
	// Path is a glob; empty means every path.
	Path string
	// Cookie and Storage are globs over names.
	Cookie, Storage string
	// Needs are the categories that must all be granted.
	Needs consent.Set
}

// Mapping gives a category to a name of the site's or of Segment's.
type Mapping = consent.Mapping

// Problem is one fault of a configuration, with its mend.
type Problem struct {
	// Key is the faulty key, with its place in a list ("rules[2].category").
	Key string
	// Text says what is wrong and what would be right.
	Text string
}

// String joins key and text.
func (p Problem) String() string { return p.Key + ": " + p.Text }

func (c *Config) requires() consent.Set {
	if c.Requires == 0 {
		return consent.Of(consent.Analytics)
	}
	return c.Requires
}

// Queue is the limit in force, MaxQueueLimit at most.
func (c *Config) Queue() int {
	if c.QueueLimit <= 0 {
		return DefaultQueueLimit
	}
	return min(c.QueueLimit, MaxQueueLimit)
}

// onProxy returns the path as Segment sees it behind one of the proxies, and that proxy's index; ok is false when
// no proxy covers the request.
func (c *Config) onProxy(host, path string) (index int, inner string, ok bool) {
	for i := range c.Hosts {
		p := &c.Hosts[i]
		if !p.names(host) {
			continue
		}
		inner := path
		if p.Prefix != "" {
			if !underPrefix(path, p.Prefix) {
				continue
			}
			inner = path[len(p.Prefix):]
		}
		if (p.Shapes || p.Prefix == "" && p.names(c.PageHost)) && catalog.FullShape(inner) < 0 {
			continue
		}
		return i, inner, true
	}
	return 0, "", false
}

func (p *Proxy) names(host string) bool {
	if host == "" {
		return false
	}
	return host == p.Host || catalog.Hostname(host) == p.Host
}

func underPrefix(path, prefix string) bool {
	return len(path) >= len(prefix) && path[:len(prefix)] == prefix &&
		(len(path) == len(prefix) || path[len(prefix)] == '/')
}
