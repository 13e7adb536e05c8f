package catalog

// Refusal is how a dropped request must look to its caller.
type Refusal uint8

// RefuseError looks like a failed request. RefuseEmpty looks like a success without content: Analytics.js
// retries, persists and reports what fails. RefusePending never settles: Analytics.js gives up for good when its
// settings fail, and a later grant could not start it (AN browser/index.ts, lib/csp-detection.ts).
const (
	RefuseError Refusal = iota
	RefuseEmpty
	RefusePending
	refusalCount
)

var refusalNames = [refusalCount]string{"error", "empty", "pending"}

// String names the refusal.
func (r Refusal) String() string {
	if r < refusalCount {
		return refusalNames[r]
	}
	return "unknown"
}

// Path is a path shape of Analytics.js: what a request looks like on a host that fronts Segment.
type Path struct {
	// Pattern is a glob over the path; '*' stands for any run of characters.
	Pattern string
	// Refusal is how a denied request to this path is answered.
	Refusal Refusal
}

// Paths are the shapes under a Segment host or a first-party proxy of it (AN browser/settings.ts,
// plugins/segmentio, plugins/remote-loader, core/stats; docs "HTTP API", "Pixel Tracking API").
var Paths = [...]Path{
	{"/analytics.js/v1/*", RefuseError},
	{"/analytics-next/*", RefuseError},
	{"/next-integrations/*", RefuseError},
	{"/integrations/*.js", RefuseError},
	{"/v1/projects/*/settings", RefusePending},
	{"/v1/projects/*/integrations", RefuseError},
	{"/v1/pixel/*", RefuseError},
	{"/v1/t", RefuseEmpty},
	{"/v1/p", RefuseEmpty},
	{"/v1/i", RefuseEmpty},
	{"/v1/g", RefuseEmpty},
	{"/v1/a", RefuseEmpty},
	{"/v1/s", RefuseEmpty},
	{"/v1/b", RefuseEmpty},
	{"/v1/m", RefuseEmpty},
	{"/v1/track", RefuseEmpty},
	{"/v1/page", RefuseEmpty},
	{"/v1/identify", RefuseEmpty},
	{"/v1/group", RefuseEmpty},
	{"/v1/alias", RefuseEmpty},
	{"/v1/screen", RefuseEmpty},
	{"/v1/batch", RefuseEmpty},
	{"/v1/import", RefuseEmpty},
}

// FullShape returns the index in Paths of the shape that path matches, or NotFound. It is asked for every request to
// the page's own host when a proxy stands there, so it looks at two letters before it looks at the whole.
func FullShape(path string) int {
	if len(path) < 3 {
		return NotFound
	}
	for i := range Paths {
		p := Paths[i].Pattern
		if p[1] == path[1] && p[2] == path[2] && Glob(p, path) {
			return i
		}
	}
	return NotFound
}

// Shape is FullShape for a path of which it is known that it leads to Segment: there the version may be missing, as it
// is when a first-party proxy maps a path of its own to the API ("/t" for "/v1/t").
func Shape(path string) int {
	if i := FullShape(path); i >= 0 {
		return i
	}
	for i := range Paths {
		if p := Paths[i].Pattern; p[:4] == "/v1/" && Glob(p[3:], path) {
			return i
		}
	}
	return NotFound
}

// LoaderShape stands in every URL of Segment's loader script (snippet; AN lib/parse-cdn.ts).
const LoaderShape = "/analytics.js/v1/"

// Loader returns where the shape of Segment's loader starts in a script's path, or NotFound.
func Loader(path string) int {
	if n := len(path); n < 3 || path[n-3:] != ".js" {
		return NotFound
	}
	for i := 0; i+len(LoaderShape) < len(path); i++ {
		if path[i:i+len(LoaderShape)] == LoaderShape {
			return i
		}
	}
	return NotFound
}
