package catalog

// Host is a host that serves or receives for Segment. It covers its subdomains too.
type Host struct {
	// Name is lower-case, without port or trailing dot.
	Name string
	// Path limits the rule to paths that match this glob; empty means every path.
	Path string
}

// Hosts are Segment's own hosts and the public mirrors of its packages.
var Hosts = [...]Host{
	// Loader, settings, bundles and integrations (AN lib/parse-cdn.ts; snippet). The older names are still on pages.
	{"cdn.segment.com", ""},
	{"cdn.segment.io", ""},
	{"cdn.segment.build", ""},
	{"d2dq2ahtl5zl1z.cloudfront.net", ""},
	// Events (AN plugins/segmentio; docs "Upgrade to Analytics.js 2.0", content security policy).
	{"api.segment.io", ""},
	{"api.segment.com", ""},
	{"track.segment.com", ""},
	// Regional endpoints, events.eu1 among them (docs "Regional Segment").
	{"segmentapis.com", ""},
	// Auto-instrumentation: signals and edge functions (docs "Auto-Instrumentation").
	{"signals.segment.io", ""},
	{"edgefn.segment.com", ""},
	// Public mirrors of the npm packages, UMD builds included.
	{"cdn.jsdelivr.net", "/npm/@segment/*"},
	{"unpkg.com", "/@segment/*"},
}
