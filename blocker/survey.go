package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// maxPreferences bounds how many of a workspace's consent categories events are stamped with.
const maxPreferences = 64

// preference is one consent category of the workspace and what it stands for.
type preference struct {
	name  string
	needs consent.Set
}

// survey reads which destinations settings name and what they need. It reports whether the settings can be understood:
// an object with an object of integrations, and where there are remote plugins, a list of objects with their names.
// What a gate knew of earlier settings is kept, so that a destination which is running is not forgotten.
func (g *Gate) survey(settings string) bool {
	r := json.NewReader(settings)
	understood, integrations := true, false
	if r.Peek() != json.Object {
		return false
	}
	for i := range g.destinations {
		if d := &g.destinations[i]; d.ground == ruleSettings {
			d.needs, d.ground = 0, 0
		}
	}
	g.preferences = g.preferences[:0]
	r.Object(func(key string) {
		switch t := r.Peek(); {
		case key == "integrations" && t == json.Object:
			integrations = true
			r.Object(func(name string) { g.surveyIntegration(r, name) })
		case key == "remotePlugins" && t == json.Array:
			r.Array(func() { understood = g.surveyPlugin(r) && understood })
		case key == "consentSettings" && t == json.Object:
			g.surveyConsent(r)
		default:
			understood = understood && key != "integrations" && (key != "remotePlugins" || t == json.Null)
			r.Skip()
		}
	})
	if !r.End() {
		return false
	}
	for i := range g.destinations {
		d := &g.destinations[i]
		if d.ground == 0 {
			d.needs, d.ground = g.ground(d.name, d.other, d.folder)
		}
		d.vendor = vendorOf(d.name, d.other, d.folder)
	}
	g.fix()
	return understood && integrations
}

// add returns the destination of a name, new if need be.
func (g *Gate) add(name string) *destination {
	if d := g.find(name); d != nil {
		return d
	}
	g.destinations = append(g.destinations, destination{name: name})
	return &g.destinations[len(g.destinations)-1]
}

func (g *Gate) surveyIntegration(r *json.Reader, name string) {
	if name != SegmentName {
		g.add(name).seen = true
	}
	if r.Peek() != json.Object {
		r.Skip()
		return
	}
	r.Object(func(key string) {
		switch {
		case name == SegmentName && key == "unbundledIntegrations" && r.Peek() == json.Array:
			// Destinations that Segment's servers send to.
			strings(r, func(word string) { g.add(word).seen = true })
		case name == SegmentName && key == "apiHost" && r.Peek() == json.String:
			g.learnAPI(r.Str())
		case name == SegmentName:
			r.Skip()
		case key == "type" && r.Peek() == json.String:
			g.runs(name, r.Str())
		case r.Peek() == json.Object && (key == "consentSettings" || key == "versionSettings"):
			r.Object(func(inner string) {
				switch {
				case r.Peek() != json.Array:
					r.Skip()
				case inner == "categories" && key == "consentSettings":
					strings(r, func(word string) { g.need(g.find(name), word) })
				case inner == "componentTypes" && key == "versionSettings":
					strings(r, func(word string) { g.runs(name, word) })
				default:
					r.Skip()
				}
			})
		default:
			r.Skip()
		}
	})
}

// learnAPI takes in where events will go. It is a URL without its scheme.
func (g *Gate) learnAPI(address string) {
	for i := range len(address) {
		if address[i] == '/' {
			g.LearnAPI(address[:i], address[i:])
			return
		}
	}
}

// runs takes in where a destination's code runs, as Analytics.js tells it (AN plugins/ajs-destination/utils.ts).
func (g *Gate) runs(name, where string) {
	if where == "browser" {
		g.find(name).page = true
	}
}

// need adds a category of the workspace to what a destination needs.
func (g *Gate) need(d *destination, word string) {
	needs, ok := g.words(word)
	if !ok {
		needs, _ = g.ground(d.name, d.other, "")
	}
	if d.ground != ruleSettings {
		d.needs = 0
	}
	d.needs |= needs
	d.ground = ruleSettings
}

func (g *Gate) surveyPlugin(r *json.Reader) bool {
	if r.Peek() != json.Object {
		r.Skip()
		return false
	}
	var name, creation, url string
	r.Object(func(key string) {
		if r.Peek() != json.String {
			r.Skip()
			return
		}
		switch key {
		case "name":
			name = r.Str()
		case "creationName":
			creation = r.Str()
		case "url":
			url = r.Str()
		default:
			r.Skip()
		}
	})
	if name == "" || creation == "" {
		return false
	}
	d := g.add(creation)
	d.seen, d.page = true, true
	if name != creation {
		// Where both names stand for a destination, both must be granted: each is asked when the plugin is left out.
		if g.find(name) == nil {
			d.other = name
		}
	}
	d.folder = folderOf(url)
	return true
}

// folderOf is the last but one part of a URL's path, as Analytics.js takes it.
func folderOf(url string) string {
	end := len(url)
	for i := len(url) - 1; i >= 0; i-- {
		if url[i] != '/' {
			continue
		}
		if end < len(url) {
			return url[i+1 : end]
		}
		end = i
	}
	return ""
}

func (g *Gate) surveyConsent(r *json.Reader) {
	r.Object(func(key string) {
		if key != "allCategories" || r.Peek() != json.Array {
			r.Skip()
			return
		}
		strings(r, func(word string) {
			needs, ok := g.words(word)
			if !ok {
				needs = consent.Of(consent.Marketing)
			}
			if len(g.preferences) < maxPreferences {
				g.preferences = append(g.preferences, preference{word, needs})
			}
		})
	})
}

// strings calls each for every string in an array.
func strings(r *json.Reader, each func(word string)) {
	r.Array(func() {
		if r.Peek() == json.String {
			each(r.Str())
		} else {
			r.Skip()
		}
	})
}
