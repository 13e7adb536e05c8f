package blocker_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog/destinations"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// The words of the imagined workspace, and what they stand for; "Foo" for nothing that anyone knows.
var workspace = map[string]consent.Category{
	"C0001": consent.Necessary, "C0002": consent.Analytics, "C0003": consent.Functional, "C0004": consent.Marketing,
	"House": consent.Functional,
}

var siteConfig = blocker.Config{
	Categories:   []blocker.Mapping{{Name: "House", Category: consent.Functional}},
	Destinations: []blocker.Mapping{{Name: "Acme", Category: consent.Analytics}, {Name: "Hotjar", Category: consent.Marketing}},
}

// byName is the table as a reader of it would use it.
var byName = func() map[string]consent.Category {
	all := map[string]consent.Category{}
	for _, d := range destinations.All() {
		for _, name := range d.Names() {
			all[name] = d.Category
		}
	}
	return all
}()

// wanted is what a destination needs, told without the engine.
func wanted(name string, categories []string) []consent.Category {
	base := func() consent.Category {
		for _, m := range siteConfig.Destinations {
			if m.Name == name {
				return m.Category
			}
		}
		if c, ok := byName[name]; ok {
			return c
		}
		return consent.Marketing
	}
	if len(categories) == 0 {
		return []consent.Category{base()}
	}
	var needs []consent.Category
	for _, word := range categories {
		if c, ok := workspace[word]; ok {
			needs = append(needs, c)
		} else {
			needs = append(needs, base())
		}
	}
	return needs
}

type source struct {
	text       string
	names      []string
	categories map[string][]string
}

func oneOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func blank(r *rand.Rand) string { return oneOf(r, []string{"", "", "", " ", "\n\t", "  "}) }

// anySource writes random settings, with white space, unknown keys, escapes and numbers as no encoder would.
func anySource(r *rand.Rand) source {
	pool := []string{"Acme", "Hotjar", "Facebook Pixel", "Actions Amplitude", "Google Analytics 4", "Intercom", "Sentry", "Nobody Knows", "Ünïcode", "quo\"te", "back\\slash", "__proto__", "TikTok Pixel", "Mixpanel", "Braze Web Mode (Actions)", "Zendesk"}
	s := source{categories: map[string][]string{}}
	used := map[string]bool{}
	for range r.IntN(9) {
		if name := oneOf(r, pool); !used[name] {
			used[name] = true
			s.names = append(s.names, name)
		}
	}
	quote := func(text string) string {
		b, _ := json.Marshal(text)
		if r.IntN(4) == 0 && text[0] < 0x80 && text[0] != '"' {
			return fmt.Sprintf(`"\u%04x%s`, text[0], b[2:])
		}
		return string(b)
	}
	list := func(open, end string, items []string) string {
		for i := range items {
			items[i] = blank(r) + items[i] + blank(r)
		}
		return open + strings.Join(items, ",") + end
	}
	values := []string{`1.50`, `-0e1`, `null`, `[1, {"a":[]}]`, `{"integrations":{"Facebook Pixel":1}}`, `"\u00e9\/"`, `true`}
	integrations := []string{`"Segment.io":` + blank(r) + `{"apiKey":"KEY","unbundledIntegrations":["Zendesk"]}`}
	for _, name := range s.names {
		members := []string{quote("x") + ":" + oneOf(r, values)}
		if r.IntN(2) == 0 {
			var words, quoted []string
			for range r.IntN(3) {
				words = append(words, oneOf(r, []string{"C0001", "C0002", "C0003", "C0004", "House", "Foo"}))
				quoted = append(quoted, quote(words[len(words)-1]))
			}
			s.categories[name] = words
			members = append(members, `"consentSettings":`+blank(r)+`{"categories":`+list("[", "]", quoted)+`}`)
		}
		integrations = append(integrations, quote(name)+blank(r)+":"+list("{", "}", members))
	}
	r.Shuffle(len(integrations), func(i, j int) { integrations[i], integrations[j] = integrations[j], integrations[i] })
	var plugins, rules []string
	for _, name := range s.names {
		if r.IntN(3) == 0 {
			plugins = append(plugins, list("{", "}", []string{`"settings":` + oneOf(r, values), `"name":` + quote(name+" (Actions)"), `"creationName":` + quote(name), `"url":"https://cdn.segment.com/next-integrations/actions/x/1.js"`}))
		}
		if r.IntN(3) == 0 {
			rules = append(rules, list("{", "}", []string{`"matchers":` + oneOf(r, values), `"destinationName":` + quote(name)}))
		}
	}
	rules = append(rules, `{"scope":"source"}`)
	top := []string{
		`"integrations":` + list("{", "}", integrations), `"remotePlugins":` + list("[", "]", plugins),
		`"middlewareSettings":{"routingRules":` + list("[", "]", rules) + `}`,
		`"plan":` + oneOf(r, values), quote("other") + ":" + oneOf(r, values), `"legacyVideoPluginsEnabled":` + oneOf(r, values),
	}
	r.Shuffle(len(top), func(i, j int) { top[i], top[j] = top[j], top[i] })
	s.text = blank(r) + list("{", "}", top) + blank(r)
	return s
}

type settingsView struct {
	Integrations  map[string]json.RawMessage
	RemotePlugins []json.RawMessage
	Middleware    struct{ RoutingRules []json.RawMessage } `json:"middlewareSettings"`
}

func taken(t *testing.T, text string) (v settingsView, top map[string]json.RawMessage) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	require.NoError(t, json.Unmarshal([]byte(text), &top))
	return v, top
}

// For any settings and any state: nothing that needs a category which is not granted survives, and everything else does,
// byte for byte and in its place.
func TestNarrowingLeavesOutWhatIsNotGrantedAndNothingElse(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 255))
	outcomes := map[blocker.Narrowing]int{}
	for range 4000 {
		s := anySource(r)
		gate := blocker.New(siteConfig)
		states := consent.States{}
		for _, c := range []consent.Category{consent.Functional, consent.Marketing} {
			states[c] = consent.State(r.IntN(3))
		}
		states[consent.Analytics] = consent.Granted
		gate.Set(consent.API, states, consent.All)
		states = gate.Consent().States
		open := func(name string) bool {
			for _, c := range wanted(name, s.categories[name]) {
				if c != consent.Necessary && states[c] != consent.Granted {
					return false
				}
			}
			return true
		}
		out, outcome := gate.Narrow(nil, "", s.text, "")
		outcomes[outcome]++
		narrowed := string(out)
		require.Contains(t, []blocker.Narrowing{blocker.Whole, blocker.Narrowed}, outcome, s.text)
		if outcome == blocker.Whole {
			require.Equal(t, s.text, narrowed)
		}
		was, wasTop := taken(t, s.text)
		is, isTop := taken(t, narrowed)
		for key, value := range wasTop {
			if key != "integrations" && key != "remotePlugins" && key != "middlewareSettings" {
				assert.Equal(t, string(value), string(isTop[key]))
			}
		}
		for name, value := range was.Integrations {
			if name == "Segment.io" || open(name) {
				assert.Equal(t, string(value), string(is.Integrations[name]), "%s in %s", name, s.text)
			} else {
				assert.NotContains(t, is.Integrations, name, s.text)
			}
		}
		assert.Equal(t, keep(was.RemotePlugins, "creationName", open), texts(is.RemotePlugins), s.text)
		assert.Equal(t, keep(was.Middleware.RoutingRules, "destinationName", open), texts(is.Middleware.RoutingRules), s.text)
		assert.True(t, isSubsequence(narrowed, s.text), s.text)
		for _, name := range s.names {
			d := gate.Decide(blocker.Request{Kind: blocker.Destination, Name: name})
			assert.Equal(t, open(name), d.Action == blocker.Allow, "%s in %s", name, s.text)
		}
		if t.Failed() {
			return
		}
	}
	assert.Greater(t, outcomes[blocker.Whole], 100)
	assert.Greater(t, outcomes[blocker.Narrowed], 1000)
}

func keep(list []json.RawMessage, key string, open func(string) bool) []string {
	kept := []string{}
	for _, raw := range list {
		var object map[string]any
		_ = json.Unmarshal(raw, &object)
		if name, ok := object[key].(string); !ok || open(name) {
			kept = append(kept, string(raw))
		}
	}
	return kept
}

func texts(list []json.RawMessage) []string {
	all := []string{}
	for _, raw := range list {
		all = append(all, string(raw))
	}
	return all
}

func isSubsequence(part, whole string) bool {
	for i := 0; i < len(part); i++ {
		at := strings.IndexByte(whole, part[i])
		if at < 0 {
			return false
		}
		whole = whole[at+1:]
	}
	return true
}
