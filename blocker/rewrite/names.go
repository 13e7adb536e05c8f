package rewrite

// element is what the rewriter has to know of a tag name. Names that make no difference share one number.
type element uint8

const (
	// unknown is every name that is not in the table.
	unknown element = iota
	// plain is an HTML element of which nothing more is of interest.
	plain
	// breakout ends foreign content when it starts there.
	breakout
	// void has no content and no end tag; voidBreakout is both.
	void
	voidBreakout

	elScript
	elStyle
	elTitle
	elTextarea
	elRaw // xmp, iframe, noembed, noframes
	elIframe
	elNoframes
	elNoscript
	elPlaintext

	elHTML
	elHead
	elMeta
	elBase
	elLink
	elP
	elBr
	elFont
	elSelect
	elTemplate
	elFrameset

	elImg
	elImage
	elSource
	elMedia // video, audio
	elTrack
	elInput
	elEmbed
	elObject
	elFrame
	elBackground // body, td, th and the rest of a table, which take a background
	elColumn     // col, which takes one and is void

	elSVG
	elMath
	elUse       // use, feImage, font-face-uri
	elAnimation // set, animate
	elPoint
	elMathText
	elAnnotation
	elGlyph // mglyph, malignmark
	elementCount
)

// elementOf looks a lower-case tag name up.
func elementOf(name []byte) element {
	switch string(name) {
	case "script":
		return elScript
	case "style":
		return elStyle
	case "title":
		return elTitle
	case "textarea":
		return elTextarea
	case "xmp", "noembed":
		return elRaw
	case "iframe":
		return elIframe
	case "noframes":
		return elNoframes
	case "noscript":
		return elNoscript
	case "plaintext":
		return elPlaintext
	case "html":
		return elHTML
	case "head":
		return elHead
	case "meta":
		return elMeta
	case "base":
		return elBase
	case "link":
		return elLink
	case "p":
		return elP
	case "br":
		return elBr
	case "font":
		return elFont
	case "select":
		return elSelect
	case "template":
		return elTemplate
	case "frameset":
		return elFrameset
	case "img":
		return elImg
	case "image":
		return elImage
	case "source":
		return elSource
	case "video", "audio":
		return elMedia
	case "track":
		return elTrack
	case "input":
		return elInput
	case "embed":
		return elEmbed
	case "object":
		return elObject
	case "frame":
		return elFrame
	case "body", "table", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th":
		return elBackground
	case "col":
		return elColumn
	case "svg":
		return elSVG
	case "math":
		return elMath
	case "use", "feimage", "font-face-uri":
		return elUse
	case "set", "animate":
		return elAnimation
	case "foreignobject", "desc":
		return elPoint
	case "mi", "mo", "mn", "ms", "mtext":
		return elMathText
	case "annotation-xml":
		return elAnnotation
	case "mglyph", "malignmark":
		return elGlyph
	case "b", "big", "blockquote", "center", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
		"i", "li", "listing", "menu", "nobr", "ol", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub",
		"sup", "tt", "u", "ul", "var":
		return breakout
	case "hr":
		return voidBreakout
	case "area", "basefont", "bgsound", "keygen", "param", "wbr":
		return void
	case "a", "abbr", "acronym", "address", "article", "aside", "bdi", "bdo", "button", "canvas", "caption", "cite",
		"data", "datalist", "del", "details", "dfn", "dialog", "dir", "fieldset", "figcaption", "figure",
		"footer", "form", "header", "hgroup", "ins", "kbd", "label", "legend", "main", "map", "mark", "marquee",
		"meter", "nav", "optgroup", "option", "output", "picture", "progress", "q", "rp", "rt", "samp", "search",
		"section", "slot", "summary", "time":
		return plain
	}
	return unknown
}

// traits of an element, by its number.
const (
	// rawText switches the tokenizer to a state without tags (HTML standard 13.2.6.4).
	rawText = 1 << iota
	// breaks ends foreign content (13.2.6.5).
	breaks
	// noContent is void.
	noContent
	// point is an HTML integration point of SVG.
	point
)

var traits = [elementCount]uint8{
	breakout:     breaks,
	voidBreakout: breaks | noContent,
	void:         noContent,
	elScript:     rawText,
	elStyle:      rawText,
	elTitle:      rawText | point,
	elTextarea:   rawText,
	elRaw:        rawText,
	elIframe:     rawText,
	elNoframes:   rawText,
	elNoscript:   rawText,
	elPlaintext:  rawText,
	elHead:       breaks,
	elMeta:       breaks | noContent,
	elBase:       noContent,
	elLink:       noContent,
	elP:          breaks,
	elBr:         breaks | noContent,
	elImg:        breaks | noContent,
	elSource:     noContent,
	elTrack:      noContent,
	elInput:      noContent,
	elEmbed:      breaks | noContent,
	elFrame:      noContent,
	elColumn:     noContent,
	elPoint:      point,
}

func (e element) is(trait uint8) bool { return traits[e]&trait != 0 }
