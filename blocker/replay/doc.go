// Package replay knows the calls of Segment's API: which of them are events that must be held and sent again with
// their own time, and what each argument of a call means, in every overload that Analytics.js accepts.
//
// It sees the sorts of the arguments, never their values: the values stay in the page. Arrange answers with a Call,
// the canonical argument list to replay with, in which the caller puts its own options (they carry the timestamp).
package replay
