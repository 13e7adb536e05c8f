package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// Rule numbers for destinations: where a destination's category is from, then one for each destination that the source's
// settings or the configuration name.
const (
	ruleUnknown      = 400
	ruleSettings     = 401
	ruleCatalog      = 402
	ruleMapping      = 403
	ruleDestinations = 410
)

// SegmentName is what settings call Segment itself among the destinations.
const SegmentName = "Segment.io"

// unleavable are destinations that Segment feeds whatever an event says of consent (docs "Consent in Segment Connections").
var unleavable = [...]string{"AWS S3", "Amazon S3", "Engage", "Personas"}

// destination is one that the source's settings or the configuration name.
type destination struct {
	// name is its key in the settings; other is how its remote plugin is called, if it has one.
	name, other string
	// folder is that of its remote plugin's code.
	folder string
	needs  consent.Set
	// ground is the rule number of where needs is from.
	ground uint16
	vendor catalog.Vendor
	// seen is set when settings name it, page when its code runs in the page, in when Analytics.js was shown it, own when
	// the site loads the same tool, mapped when the configuration names it, said while an event that is stamped names it.
	seen, page, in, own, mapped, said bool
	// lapsed is when it was last closed, in milliseconds since 1970.
	lapsed int64
}

func (d *destination) called(name string) bool {
	return name == d.name || (d.other != "" && name == d.other)
}

func (d *destination) codeIn(folder string) bool {
	return (folder != "" && d.folder == folder) || catalog.SameStem(d.name, folder)
}

// ground says what a destination needs by its names, as far as its settings do not: by the configuration, else by the
// catalog. One that is not known needs marketing.
func (g *Gate) ground(name, other, folder string) (consent.Set, uint16) {
	for i := range g.config.Destinations {
		if m := &g.config.Destinations[i]; m.Name == name || (m.Name == other && other != "") {
			return consent.Of(m.Category), ruleMapping
		}
	}
	if v := vendorOf(name, other, folder); v != "" {
		return needsOf(v), ruleCatalog
	}
	return consent.Of(consent.Marketing), ruleUnknown
}

// vendorOf returns the vendor that the first known one of a destination's names stands for.
func vendorOf(name, other, folder string) catalog.Vendor {
	v := catalog.FindVendor(name)
	if v == "" {
		v = catalog.FindVendor(other)
	}
	if v == "" {
		v = catalog.FindVendor(folder)
	}
	return v
}

func needsOf(v catalog.Vendor) consent.Set {
	switch v.Category() {
	case 'a':
		return consent.Of(consent.Analytics)
	case 'f':
		return consent.Of(consent.Functional)
	}
	return consent.Of(consent.Marketing)
}

// words returns what categories of the site's CMP stand for: by the configuration, else by what CMPs use. A word that
// nobody knows stands for nothing, with ok false.
func (g *Gate) words(word string) (needs consent.Set, ok bool) {
	for i := range g.config.Categories {
		if m := &g.config.Categories[i]; m.Name == word {
			return consent.Of(m.Category), true
		}
	}
	return consent.Needs(word)
}

// open reports whether everything in needs is granted, or need not be.
//
//go:noinline
func (g *Gate) open(needs consent.Set) bool { return g.judge(needs).Action == Allow }

// find returns the destination of a name; nil if neither the settings nor the configuration name it.
//
//go:noinline
func (g *Gate) find(name string) *destination {
	if at := g.place(name); at >= 0 {
		return &g.destinations[at]
	}
	return nil
}

// place is the same by the destination's place, -1 for none.
func (g *Gate) place(name string) int {
	for i := range g.destinations {
		if g.destinations[i].called(name) {
			return i
		}
	}
	return -1
}

// Destination returns the name of the i-th destination that the settings of a source name, by its write key, or any settings where
// there is no such source; ok is false behind the last.
func (g *Gate) Destination(key string, i int) (name string, ok bool) {
	s := g.sourceOf(key)
	for j := range g.destinations {
		if !g.destinations[j].seen || (s != nil && !s.has(j)) {
			continue
		}
		if i == 0 {
			return g.destinations[j].name, true
		}
		i--
	}
	return "", false
}

// Receives reports whether a destination in the page may be given an event, by the event's messageId: it may while what it
// and Segment need is granted, unless the event is from before a time when it was not. Analytics.js and the destinations keep
// events until a vendor's script is there, and the site may address one by the event's own integrations.
func (g *Gate) Receives(name, id string) bool {
	if g.Segment() != Allow || madeBefore(id, g.forgotten) {
		return false
	}
	if d := g.find(name); d != nil {
		return g.open(d.needs) && !madeBefore(id, d.lapsed)
	}
	return g.open(g.matchDestination(name).needs)
}

// Lapse is told that consent has changed: at is when, in milliseconds since 1970 by the browser's clock. Destinations that are
// closed now are not given later what is from before.
func (g *Gate) Lapse(at int64) {
	for i := range g.destinations {
		if d := &g.destinations[i]; !g.open(d.needs) {
			d.lapsed = at
		}
	}
}

// MarkOwn takes in that the site itself loads something from a host. The tool of a destination that is not running then
// is the site's, and stays so: it is not touched when that destination's consent changes. Segment's settings must have
// been read.
func (g *Gate) MarkOwn(host string) {
	for i := range g.destinations {
		if d := &g.destinations[i]; d.in && d.page && d.vendor.Serves(host) {
			return
		}
	}
	for i := range g.destinations {
		if d := &g.destinations[i]; d.vendor.Serves(host) {
			d.own = true
		}
	}
}

// matchDestination is the rule for a destination's name.
func (g *Gate) matchDestination(name string) matched {
	if name == SegmentName {
		return matched{rule: ruleSettings, needs: g.requires()}
	}
	if d := g.find(name); d != nil {
		return matched{rule: d.ground, needs: d.needs}
	}
	needs, ground := g.ground(name, "", "")
	return matched{rule: ground, needs: needs}
}

// matchTool is the rule for a host, cookie or key of a tool that Segment has loaded. When several destinations use it,
// one whose consent is given lets it pass.
func (g *Gate) matchTool(kind Kind, text string) (m matched) {
	for i := range g.destinations {
		d := &g.destinations[i]
		if !d.in || !d.page || d.own || (m.rule != 0 && !g.open(d.needs)) {
			continue
		}
		if (kind.Named() && kind != Database && d.vendor.Keeps(text)) || (!kind.Named() && d.vendor.Serves(text)) {
			m = matched{rule: number(ruleDestinations, i, ruleProxies-1), needs: d.needs}
		}
	}
	return m
}

// matchCode is the rule for the folder of a destination's code on Segment's CDN: it needs what the destination needs, and
// what Segment itself needs.
func (g *Gate) matchCode(folder string) matched {
	for range 2 {
		for i := range g.destinations {
			if d := &g.destinations[i]; d.codeIn(folder) {
				return matched{rule: number(ruleDestinations, i, ruleProxies-1), needs: d.needs | g.requires()}
			}
		}
		if needs, ground := g.ground(folder, "", ""); ground == ruleCatalog {
			return matched{rule: ground, needs: needs | g.requires()}
		}
		var plain [64]byte
		// The load option "obfuscate" writes folders in base64.
		folder = string(catalog.AppendDecoded(plain[:0], folder))
	}
	return matched{rule: ruleUnknown, needs: consent.Of(consent.Marketing) | g.requires()}
}

// requires is what Segment itself needs: with "auto" also what the destinations need that cannot be left out.
func (g *Gate) requires() consent.Set { return g.config.requires() | g.fixed }

func (g *Gate) appendDestinationRule(dst []byte, rule int) []byte {
	text := ""
	switch rule {
	case ruleUnknown:
		text = "unknown destination"
	case ruleSettings:
		text = "settings of the source"
	case ruleCatalog:
		text = "destination catalog"
	case ruleMapping:
		text = "destinations"
	}
	if i := rule - ruleDestinations; i >= 0 && i < len(g.destinations) {
		dst = appendText(dst, "destination ")
		text = g.destinations[i].name
	}
	return appendText(dst, text)
}
