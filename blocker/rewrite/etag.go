package rewrite

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// tagMark stands in an entity tag between the handler's own and the variant.
const tagMark = "-sb"

// variantSeed stands for everything that the rewriting of a page depends on and that is the same for all requests.
func variantSeed(o MiddlewareOptions) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "1|%+v|%s|%t|%q", o.Config, o.Snippet.Tag(""), o.Strict, o.StrictHosts)
	return strconv.FormatUint(h.Sum64(), 36)
}

// variant names the form in which this visitor gets a page.
func (x *response) variant() string {
	record := x.gate.Consent()
	h := fnv.New64a()
	fmt.Fprintf(h, "%s|%v|%v|%v|%s", x.m.seed, record.States, record.Model, x.use.body(), x.gate.Config().PageHost)
	return strconv.FormatUint(h.Sum64(), 36)
}

// suffixed is an entity tag for a variant. It is weak: what is rewritten means the same, but is not the same bytes. Of
// what is no entity tag there is none.
func suffixed(tag, variant string) string {
	own := opaque(tag)
	if tag == "" || strings.Contains(own, `"`) {
		return ""
	}
	return `W/"` + own + tagMark + variant + `"`
}

// opaque is an entity tag without its quotes and mark of weakness.
func opaque(tag string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
}

// original splits an entity tag that suffixed has made.
func original(tag string) (own, variant string, ok bool) {
	text := opaque(tag)
	i := strings.LastIndex(text, tagMark)
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i+len(tagMark):], true
}

// upstreamRequest is the request as the handler gets it: with its own entity tags, without conditions that could make it
// confirm a page the browser has in another form, or from before there was a gate, and, where a page may be the answer,
// without offers of encodings that cannot be read.
func (x *response) upstreamRequest() *http.Request {
	h := x.r.Header
	limited := x.use != useOther && offersUnreadable(h)
	if !limited && h.Get("If-None-Match") == "" && h.Get("If-Modified-Since") == "" && h.Get("If-Match") == "" {
		return x.r
	}
	h = h.Clone()
	if limited {
		limitEncodings(h)
	}
	if x.use.wantsDocument(x.r) {
		h.Del("If-Modified-Since")
	}
	setTags(h, "If-None-Match", x.conditions(h))
	setTags(h, "If-Match", strongTags(h.Values("If-Match")))
	r := new(http.Request)
	*r = *x.r
	r.Header = h
	return r
}

// conditions translates the entity tags of If-None-Match, and remembers those that were ours.
func (x *response) conditions(h http.Header) []string {
	var tags []string
	for _, tag := range splitTags(h.Values("If-None-Match")) {
		own, variant, ok := original(tag)
		switch {
		case ok && variant == x.variant():
			x.restored = append(x.restored, own)
			// Which of the two it was is not known, and some handlers compare the text.
			tags = append(tags, `"`+own+`"`, `W/"`+own+`"`)
		case ok, x.use.wantsDocument(x.r) && tag != "*":
		default:
			tags = append(tags, tag)
		}
	}
	return tags
}

// strongTags translates the entity tags of If-Match, which only compares strong ones.
func strongTags(values []string) []string {
	tags := splitTags(values)
	for i, tag := range tags {
		if own, _, ok := original(tag); ok {
			tags[i] = `"` + own + `"`
		}
	}
	return slices.Compact(tags)
}

func setTags(h http.Header, name string, tags []string) {
	if len(tags) == 0 {
		h.Del(name)
		return
	}
	h.Set(name, strings.Join(tags, ", "))
}

// splitTags splits lists of entity tags, which may hold commas (RFC 9110 section 8.8.3).
func splitTags(values []string) []string {
	var tags []string
	for _, value := range values {
		for rest := strings.Trim(value, " \t,"); rest != ""; rest = strings.Trim(rest, " \t,") {
			end := strings.IndexByte(rest, ',')
			if open := strings.IndexByte(rest, '"'); open >= 0 && (end < 0 || open < end) {
				if shut := strings.IndexByte(rest[open+1:], '"'); shut >= 0 {
					end = open + 1 + shut + 1
				}
			}
			if end < 0 {
				end = len(rest)
			}
			tags = append(tags, strings.TrimSpace(rest[:end]))
			rest = rest[end:]
		}
	}
	return tags
}
