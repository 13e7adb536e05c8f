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
// What a gate knew of earlier settings is kept, so that a destination which is running is not forgotten, and of one that was left
// out of settings which are read again.
func (g *Gate) survey(s *source, settings string) bool {
	r := json.NewReader(settings)
	understood, integrations := true, false
	if r.Peek() != json.Object {
		return false
	}
	for i := range s.uses {
		s.uses[i].old, s.uses[i].now = true, false
	}
	r.Object(func(key string) {
		switch t := r.Peek(); {
		case key == "integrations" && t == json.Object:
			integrations = true
			r.Object(func(name string) { g.surveyIntegration(s, r, name) })
		case key == "remotePlugins" && t == json.Array:
			r.Array(func() { understood = g.surveyPlugin(s, r) && understood })
		case key == "consentSettings" && t == json.Object:
			g.surveyConsent(s, r)
		default:
			understood = understood && key != "integrations" && (key != "remotePlugins" || t == json.Null)
			r.Skip()
		}
	})
	understood = r.End() && understood && integrations
	if understood {
		s.add(settings)
	}
	g.settle()
	return understood
}

// add keeps a text that names destinations which no other does.
func (s *source) add(settings string) {
	more := len(s.texts) == 0
	for i := range s.uses {
		more = more || (s.uses[i].now && s.uses[i].text == len(s.texts))
	}
	if more {
		s.texts = append(s.texts, settings)
	}
}

// add returns the place of the destination of a name, new if need be.
func (g *Gate) add(name string) int {
	if at := g.place(name); at >= 0 {
		return at
	}
	g.destinations = append(g.destinations, destination{name: name})
	return len(g.destinations) - 1
}

func (g *Gate) surveyIntegration(s *source, r *json.Reader, name string) {
	if name != SegmentName {
		if u := g.name(s, name); u.old {
			u.old, u.mapped, u.needs = false, false, 0
		}
	}
	if r.Peek() != json.Object {
		r.Skip()
		return
	}
	r.Object(func(key string) {
		switch {
		case name == SegmentName && key == "unbundledIntegrations" && r.Peek() == json.Array:
			// Destinations that Segment's servers send to.
			strings(r, func(word string) { g.name(s, word) })
		case name == SegmentName && key == "apiHost" && r.Peek() == json.String:
			g.learnAPI(r.Str())
		case name == SegmentName && key == "apiKey" && r.Peek() == json.String:
			s.api = r.Str()
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
					strings(r, func(word string) { g.need(g.name(s, name), word) })
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
func (g *Gate) need(u *use, word string) {
	needs, ok := g.words(word)
	if !ok {
		d := &g.destinations[u.at]
		needs, _ = g.ground(d.name, d.other, "")
	}
	u.needs |= needs
	u.mapped = true
}

func (g *Gate) surveyPlugin(s *source, r *json.Reader) bool {
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
	u := g.name(s, creation)
	d := &g.destinations[u.at]
	d.page = true
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

func (g *Gate) surveyConsent(s *source, r *json.Reader) {
	r.Object(func(key string) {
		if key != "allCategories" || r.Peek() != json.Array {
			r.Skip()
			return
		}
		s.preferences = s.preferences[:0]
		strings(r, func(word string) {
			needs, ok := g.words(word)
			if !ok {
				needs = consent.Of(consent.Marketing)
			}
			if len(s.preferences) < maxPreferences {
				s.preferences = append(s.preferences, preference{word, needs})
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
