package replay

// Overload is a family of argument lists.
type Overload uint8

// The families (AN core/arguments-resolver). Plain calls are passed on as they are.
const (
	Plain Overload = iota
	TrackCall
	PageCall
	UserCall
	AliasCall
)

// Method is a call of Segment's API that is held until consent and replayed in order.
type Method struct {
	Name     string
	Overload Overload
	// Event is true for calls that send an event, which takes a timestamp and a page context.
	Event bool
	// Identity is true for calls that change who the visitor is. Analytics.js fills in the ids when an event is sent,
	// not when it is called (AN plugins/segmentio/normalize.ts), so what was called before must be sent before.
	Identity bool
}

// Methods are the replayed calls. Calls that are not here (ready, on, middleware, register, link and form helpers) stay
// in the snippet's own buffer, because Analytics.js needs them before it starts.
var Methods = [...]Method{
	{"track", TrackCall, true, false},
	{"page", PageCall, true, false},
	{"screen", PageCall, true, false},
	{"identify", UserCall, true, true},
	{"group", UserCall, true, true},
	{"alias", AliasCall, true, true},
	{"reset", Plain, false, true},
	{"setAnonymousId", Plain, false, true},
}

// Find returns the index in Methods of the method called name, or -1.
func Find(name string) int {
	for i := range Methods {
		if Methods[i].Name == name {
			return i
		}
	}
	return -1
}

// QueryPrefix is what the parameters of a page's URL begin with that Analytics.js takes for calls
// (https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/querystring/).
const QueryPrefix = "ajs_"

// QueryMethods are what it calls for them (AN core/query-string).
var QueryMethods = [...]string{"setAnonymousId", "identify", "track"}

// ClickHelpers and SubmitHelpers watch links and forms for the page and track what visitors do with them
// (https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/#track-link; AN core/auto-track).
var (
	ClickHelpers  = [...]string{"trackLink", "trackClick"}
	SubmitHelpers = [...]string{"trackForm", "trackSubmit"}
)
