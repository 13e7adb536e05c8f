package rewrite

import "github.com/segment-blocker/segment-blocker/blocker"

// MaxFindings bounds each list of a Report; the counts go on.
const MaxFindings = 1000

// maxReported bounds the text of one finding, in bytes.
const maxReported = 2048

// Report says what was found in one document and what was done about it.
type Report struct {
	// Inserted is true when the snippet was put in, Present when the document had it already.
	Inserted, Present bool
	// Stale is true when the one that the document had was not what would be put in, and Renewed when it was replaced.
	Stale, Renewed bool
	// Tags are the tags that were made inert, in document order; TagCount counts those too that the list has no room
	// for.
	Tags     []Tag
	TagCount int
	// Scripts are the inline scripts that load Segment or something else the gate knows; ScriptCount counts all.
	Scripts     []Script
	ScriptCount int
	// Unread says why bytes were passed on unread: from UnreadAt to the end of the document. Empty when all was read.
	Unread   string
	UnreadAt int64
}

// Tag is a static tag that was made inert.
type Tag struct {
	// Offset is where the tag starts in the input, in bytes.
	Offset int64
	// Element and Attribute are lower-case. Attribute is empty for what an inline script names.
	Element, Attribute string
	// URL is absolute when it could be resolved.
	URL string
	// WriteKey is the write key in the URL, if there is one.
	WriteKey string
	// Decision is the gate's, with its reason and rule.
	Decision blocker.Decision
}

// Script is an inline script that loads something the gate knows.
type Script struct {
	// Offset is where the script's tag starts in the input, in bytes.
	Offset int64
	// Snippet is the version of Segment's own snippet ("5.2.0"), if it is that.
	Snippet string
	// WriteKey is the one the script names; empty when none was found.
	WriteKey string
	// URLs are those in its texts that the gate does not allow now.
	URLs []string
	// Inert is true when the script was held because it imports a module that the gate does not allow.
	Inert bool
}

func (r *Report) tag(t Tag) {
	r.TagCount++
	if len(r.Tags) < MaxFindings {
		t.URL = clip(t.URL)
		r.Tags = append(r.Tags, t)
	}
}

func (r *Report) script(s Script) {
	r.ScriptCount++
	if len(r.Scripts) < MaxFindings {
		r.Scripts = append(r.Scripts, s)
	}
}

func clip(s string) string {
	if len(s) > maxReported {
		return s[:maxReported]
	}
	return s
}
