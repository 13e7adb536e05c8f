package blocker

// Kind says what sort of page event a request is.
type Kind uint8

// The kinds. Network kinds carry a host and a path; Cookie, Storage and Database carry a name.
// Destination stands for a destination of Segment's, by its name in the source's settings.
const (
	NoKind Kind = iota
	Script
	Fetch
	XHR
	Beacon
	Image
	Media
	Frame
	Link
	Object
	Form
	Navigation
	Worker
	WebSocket
	EventSource
	Font
	Import
	Cookie
	Storage
	Database
	Destination
	kindCount
)

var kindNames = [kindCount]string{
	"none", "script", "fetch", "xhr", "beacon", "image", "media", "frame", "link", "object", "form",
	"navigation", "worker", "websocket", "eventsource", "font", "import", "cookie", "storage", "database", "destination",
}

// Kinds lists every kind in the order of its number.
func Kinds() []Kind {
	all := make([]Kind, kindCount)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// String returns the word used in the decision log.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return "unknown"
}

// ParseKind returns the kind called name; ok is false for any other word.
func ParseKind(name string) (k Kind, ok bool) {
	for i, n := range kindNames {
		if n == name && i > 0 {
			return Kind(i), true
		}
	}
	return NoKind, false
}

// Named reports whether requests of this kind carry a name instead of a host and a path.
func (k Kind) Named() bool { return k >= Cookie && k < kindCount }

// Request is one page event, normalised once by the caller.
type Request struct {
	Kind Kind
	// Host is the URL's host as the browser resolved it, with ":port" unless it is the scheme's default.
	// Empty for schemes that leave no trace on the network (data:, blob:, about:).
	Host string
	// Path is the URL's path from its first slash, without query and fragment.
	Path string
	// Name is the cookie's or key's name, for named kinds. A whole Set-Cookie or document.cookie string may
	// be given for a cookie: the name is what stands before the first '=' or ';'.
	Name string
}
