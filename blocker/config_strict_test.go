package blocker_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// Values of every key: good ones to build a configuration from, and faulty ones to put in a good one's place.
var (
	goodValues = map[string][]string{
		"model":      {`"auto"`, `"opt-in"`, `"opt-out"`},
		"cmp":        {`"auto"`, `"none"`, `["onetrust"]`},
		"requires":   {`"analytics"`, `"marketing"`, `"functional"`, `"auto"`, `["analytics","marketing"]`},
		"categories": {`{}`, `{"C0002":"analytics"}`},
		"hosts":      {`[]`, `["a.example"]`, `["shop.example/seg","b.example:8443"]`, `["www.shop.example"]`},
		"rules": {
			`[]`, `[{"host":"px.example","path":"/p*","category":"marketing"}]`,
			`[{"host":"px.example","category":"functional"},{"host":"px.example","category":"marketing"}]`,
			`[{"cookie":"_x*","category":"necessary"},{"cookie":"_*","category":"marketing"},{"storage":"x_*","category":"analytics"}]`,
		},
		"destinations":  {`{}`, `{"Hotjar":"analytics"}`},
		"queue":         {`{}`, `{"limit":5}`},
		"storedConsent": {`true`, `false`},
		"gpc":           {`true`},
		"debug":         {`true`, `false`},
	}
	faultyValues = []string{
		`null`, `7`, `-1.5e3`, `"x"`, `""`, `[7]`, `["x y"]`, `[null,"x y"]`, `[[]]`, `[{}]`, `{"x":7}`, `{"x":{"y":"analytics"}}`,
		`{"limit":"x"}`, `[{"host":"x y","category":"functional"}]`, `[{"host":"px.example","category":"everything"}]`,
		`[{"host":"px.example","path":"p","category":"necessary"}]`, `[{"cookie":"_x1","storage":"x_1","category":"necessary"}]`,
		`["necessary"]`, `"necessary"`, `["functional","granted"]`, `"OPT-OUT"`, `["https://"]`,
	}
	askedRequests = []blocker.Request{
		loader,
		{Kind: blocker.Fetch, Host: "api.segment.io", Path: "/v1/t"},
		{Kind: blocker.Fetch, Host: "a.example", Path: "/v1/t"},
		{Kind: blocker.Fetch, Host: "b.example:8443", Path: "/"},
		{Kind: blocker.Fetch, Host: "shop.example", Path: "/seg/v1/t"},
		{Kind: blocker.Fetch, Host: "www.shop.example", Path: "/v1/t"},
		{Kind: blocker.Fetch, Host: "www.shop.example", Path: "/cart"},
		{Kind: blocker.Image, Host: "px.example", Path: "/p.gif"},
		{Kind: blocker.Image, Host: "eu.px.example", Path: "/other"},
		{Kind: blocker.Cookie, Name: "ajs_user_id=1"},
		{Kind: blocker.Cookie, Name: "_x1=1"},
		{Kind: blocker.Cookie, Name: "_y=1"},
		{Kind: blocker.Storage, Name: "ajs_user_traits"},
		{Kind: blocker.Storage, Name: "x_1"},
		{Kind: blocker.Database, Name: "Segment Signals Buffer"},
	}
)

// Whatever stands in a key's place by mistake, nothing passes that would not pass without the key.
func TestAFaultyKeyNeverOpensWhatItsAbsenceKeepsClosed(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	faults := 0
	for range 4000 {
		values := someKeys(random)
		key := pick(random, keysOf(goodValues))
		delete(values, key)
		without, problems := blocker.ParseConfig(object(values))
		require.Empty(t, problems, object(values))
		values[key] = pick(random, faultyValues)
		faulty, problems := blocker.ParseConfig(object(values))
		if len(problems) == 0 {
			continue
		}
		faults++
		if !assertNotMoreOpen(t, random, faulty, without, object(values)) {
			return
		}
	}
	assert.Greater(t, faults, 2000, "the sample must hold faults")
}

// A fault in one field of a rule must not let pass what the rule as meant would stop, even where rules overlap.
func TestAFaultyFieldOfARuleNeverOpensWhatTheRulesKeepClosed(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	names := []string{`"host":"px.example"`, `"cookie":"_x*"`, `"storage":"x_*"`}
	categories := []string{"functional", "analytics", "marketing"}
	for range 4000 {
		meant, written := make([]string, 3), make([]string, 3)
		for i := range meant {
			meant[i] = pick(random, names) + `,"category":"` + pick(random, categories) + `"`
			written[i] = meant[i]
		}
		broken := random.IntN(3)
		name := strings.Split(meant[broken], ",")[0]
		written[broken] = name + pick(random, []string{
			``, `,"category":7`, `,"category":"none"`, `,"category":"necessary","typo":1`, `,"category":"functional","path":5`,
			`,"category":"functional","path":"p"`, `,"category":"functional","cookie":"_x*","host":"px.example"`,
		})
		intact, problems := blocker.ParseConfig(`{"rules":[{` + strings.Join(meant, "},{") + `}]}`)
		require.Empty(t, problems)
		text := `{"rules":[{` + strings.Join(written, "},{") + `}]}`
		faulty, problems := blocker.ParseConfig(text)
		require.NotEmpty(t, problems, text)
		if !assertNotMoreOpen(t, random, faulty, intact, text) {
			return
		}
	}
}

// Text that is not JSON opens nothing that an empty configuration keeps closed, whatever it says.
func TestABrokenTextNeverOpensAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	broken := 0
	for range 4000 {
		text := []byte(object(someKeys(random)))
		if random.IntN(2) == 0 {
			text = text[:random.IntN(len(text))]
		} else {
			text[random.IntN(len(text))] = `{}[]",:\x0`[random.IntN(10)]
		}
		if json.Valid(text) {
			continue
		}
		broken++
		config, problems := blocker.ParseConfig(string(text))
		require.NotEmpty(t, problems, "%s", text)
		assert.Equal(t, "config", problems[len(problems)-1].Key)
		if !assertNotMoreOpen(t, random, config, blocker.Config{}, string(text)) {
			return
		}
	}
	assert.Greater(t, broken, 2000, "the sample must hold broken texts")
}

// FuzzParseConfig: whatever the text, the gate is usable, and Segment is open before a choice only by "opt-out".
func FuzzParseConfig(f *testing.F) {
	f.Add(busyConfig)
	f.Add(`{"model":"opt-out","requires":["functional"]}`)
	f.Add(`{"hosts":"https://a.example/x","rules":{"host":"*.b.example","path":"p","category":1}}`)
	f.Fuzz(func(t *testing.T, text string) {
		config, problems := blocker.ParseConfig(text)
		if !json.Valid([]byte(text)) {
			assert.NotEmpty(t, problems)
			assert.NotEqual(t, consent.OptOut, config.Model)
		}
		assert.Less(t, config.Model, consent.Model(3))
		for _, r := range config.Rules {
			n := 0
			for _, s := range []string{r.Host, r.Cookie, r.Storage} {
				if s != "" {
					n++
				}
			}
			assert.Equal(t, 1, n, "a rule gates one thing: %+v", r)
			assert.NotZero(t, r.Needs)
		}
		gate := blocker.New(config)
		if config.Model == consent.OptOut {
			assert.Equal(t, blocker.Allow, gate.Decide(loader).Action)
		} else {
			assert.Equal(t, blocker.Hold, gate.Decide(loader).Action)
		}
		gate.Set(consent.API, choice(denied, denied, denied), consent.All)
		assert.Equal(t, blocker.Drop, gate.Decide(loader).Action)
		gate.Set(consent.API, choice(granted, granted, granted), consent.All)
		assert.Equal(t, blocker.Allow, gate.Decide(loader).Action)
	})
}

// assertNotMoreOpen asks both configurations under the same signals.
func assertNotMoreOpen(t *testing.T, random *rand.Rand, faulty, measure blocker.Config, text string) bool {
	t.Helper()
	faulty.PageHost, measure.PageHost = "www.shop.example", "www.shop.example"
	one, other := blocker.New(faulty), blocker.New(measure)
	for range 3 {
		s := consent.Signal{
			Source: consent.GPC + consent.Source(random.IntN(7)), Model: consent.Model(random.IntN(3)), GDPR: random.IntN(9) == 0,
		}
		for c := range s.States {
			s.States[c] = consent.State(random.IntN(3))
		}
		one.Apply(s)
		other.Apply(s)
		for _, r := range askedRequests {
			if one.Decide(r).Action == blocker.Allow && other.Decide(r).Action != blocker.Allow {
				return assert.Fail(t, "opened by mistake", "%+v\n%s\nafter %+v", r, text, s)
			}
		}
	}
	return true
}

func someKeys(random *rand.Rand) map[string]string {
	values := map[string]string{}
	for _, key := range keysOf(goodValues) {
		if random.IntN(2) == 0 {
			values[key] = pick(random, goodValues[key])
		}
	}
	return values
}

// keysOf gives the keys in a fixed order, so that a seed stands for the same sample every time.
func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func object(values map[string]string) string {
	var members []string
	for _, key := range keysOf(values) {
		members = append(members, `"`+key+`":`+values[key])
	}
	return "{" + strings.Join(members, ",") + "}"
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }
