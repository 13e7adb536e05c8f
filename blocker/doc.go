// Package blocker is the engine of the consent gate for Twilio Segment: it decides whether a script, a
// request, a cookie or a storage key may pass, given what the visitor has consented to.
//
// The calling sequence is the same in a page (through wasm), on a server and on the command line:
//
//	gate := blocker.New(config)               // Config's zero value is the strict default
//	gate.Stored(cookies, "", now)             // what CMPs stored on an earlier visit
//	gate.Hear(consent.CMP, "klaro", ...)      // as often as a consent source speaks, in its own words
//	gate.Apply(consent.Signal{...})           // the same, as states
//	decision := gate.Decide(blocker.Request{...})
//
// Decide is a pure function of the gate's state and the request: it stores nothing, allocates nothing and
// touches no page. Only what a source says changes the state; the Transition says what the caller has to set
// free or to end.
//
// URLs are not parsed here. A browser hands over the host and path that it resolved itself; a server must
// use a parser that follows the WHATWG URL standard.
package blocker
