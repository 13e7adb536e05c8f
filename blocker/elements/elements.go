// Package elements is the table of what a document's elements load: the rewriter (blocker/rewrite) goes by it, and the page's
// hooks by what "make gen" makes of it (web/src/gen/elements.js).
package elements

import "github.com/segment-blocker/segment-blocker/blocker"

// Form is how an attribute's value holds URLs.
type Form uint8

// The forms.
const (
	// URL is one URL and nothing else.
	URL Form = iota
	// Candidates are those of a srcset (HTML standard 4.8.4.2).
	Candidates
	// Values are those of an animation, separated by semicolons (SVG Animations 3.4).
	Values
	// Spaced are URLs separated by white space.
	Spaced
	// Refresh is a time, and where to go then (HTML standard 4.2.5.3).
	Refresh
	// Document is a text with URLs in it.
	Document
)

// Attribute makes an element load what it names.
type Attribute struct {
	// Name is in lower case.
	Name string
	Kind blocker.Kind
	Form Form
}

// Element loads what its attributes name.
type Element struct {
	// Names are local names as the DOM has them: SVG's with capitals.
	Names      []string
	Attributes []Attribute
}

// Table has every element that loads, but for scripts, which wait as a whole (HTML standard 4.8 and 4.6.5; SVG 2, chapter
// 16; for backgrounds HTML standard 15.3).
var Table = []Element{
	{[]string{"img"}, []Attribute{{"src", blocker.Image, URL}, {"srcset", blocker.Image, Candidates}}},
	{[]string{"source"}, []Attribute{{"src", blocker.Media, URL}, {"srcset", blocker.Image, Candidates}}},
	// SVG's, and what the HTML parser makes an img of.
	{[]string{"image"}, []Attribute{
		{"href", blocker.Image, URL}, {"xlink:href", blocker.Image, URL}, {"src", blocker.Image, URL}, {"srcset", blocker.Image, Candidates},
	}},
	// The parser spells feImage so; script may spell it otherwise.
	{[]string{"feImage", "feimage", "font-face-uri"}, []Attribute{
		{"href", blocker.Image, URL}, {"xlink:href", blocker.Image, URL},
	}},
	// What it takes out of a document loads what that names.
	{[]string{"use"}, []Attribute{{"href", blocker.Object, URL}, {"xlink:href", blocker.Object, URL}}},
	// What an animated href takes in turn (SVG Animations 3.4).
	{[]string{"set", "animate"}, []Attribute{
		{"to", blocker.Image, URL}, {"from", blocker.Image, URL}, {"values", blocker.Image, Values},
	}},
	{[]string{"input"}, []Attribute{{"src", blocker.Image, URL}}},
	{[]string{"video"}, []Attribute{{"src", blocker.Media, URL}, {"poster", blocker.Image, URL}}},
	{[]string{"audio", "track"}, []Attribute{{"src", blocker.Media, URL}}},
	{[]string{"iframe"}, []Attribute{{"src", blocker.Frame, URL}, {"srcdoc", blocker.Frame, Document}}},
	{[]string{"frame"}, []Attribute{{"src", blocker.Frame, URL}}},
	{[]string{"link"}, []Attribute{{"href", blocker.Link, URL}, {"imagesrcset", blocker.Image, Candidates}}},
	{[]string{"object"}, []Attribute{{"data", blocker.Object, URL}}},
	// Chromium and WebKit take a code for a src where a type is given.
	{[]string{"embed"}, []Attribute{{"src", blocker.Object, URL}, {"code", blocker.Object, URL}}},
	{[]string{"meta"}, []Attribute{{"content", blocker.Navigation, Refresh}}},
	{[]string{"a", "area"}, []Attribute{{"ping", blocker.Beacon, Spaced}}},
	{[]string{"body", "table", "thead", "tbody", "tfoot", "colgroup", "col", "tr", "td", "th"}, []Attribute{
		{"background", blocker.Image, URL},
	}},
}
