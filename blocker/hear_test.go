package blocker_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

const (
	today     = 1_795_435_200
	grantJar  = "klaro=%7B%22analytics%22%3Atrue%7D"
	denyJar   = "klaro=%7B%22analytics%22%3Afalse%7D"
	decided   = blocker.HearDecided
	asksFirst = uint32(consent.OptIn) << blocker.HearModel
	asksNot   = uint32(consent.OptOut) << blocker.HearModel
)

// states are those of functional, analytics and marketing in words.
func states(g *blocker.Gate) string {
	s := g.Consent().States
	return s[consent.Functional].String() + " " + s[consent.Analytics].String() + " " + s[consent.Marketing].String()
}

func TestWhatASourceSaysIsHeard(t *testing.T) {
	for name, c := range map[string]struct {
		say    func(g *blocker.Gate)
		want   string
		source consent.Source
		optOut bool
	}{
		"nobody": {func(*blocker.Gate) {}, "unset unset unset", consent.NoSource, false},
		"a CMP's choice": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "cookiebot", `{"statistics":true,"marketing":false}`, decided, 0)
		}, "unset granted denied", consent.CMP, false},
		"a CMP's default": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "cookiebot", `{"statistics":true,"marketing":false}`, asksFirst, 0)
		}, "unset unset unset", consent.NoSource, false},
		"a CMP that need not ask": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "cookiebot", `{"statistics":true}`, asksNot, 0)
		}, "unset unset unset", consent.NoSource, true},
		"a CMP without a row": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "generic", `{"analytics":"granted"}`, decided, 0)
		}, "unset granted unset", consent.CMP, false},
		"an unknown model": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "cookiebot", "{}", 3<<blocker.HearModel, 0)
		}, "unset unset unset", consent.NoSource, false},
		"two CMPs, the stricter": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "cookiebot", `{"statistics":true}`, decided|asksNot, 0)
			g.Hear(consent.CMP, "klaro", `{"analytics":false}`, decided|asksFirst, 0)
		}, "unset denied unset", consent.CMP, false},
		"a TCF choice": {func(g *blocker.Gate) {
			g.Hear(consent.TCF, "", "", 1|1<<7|2<<blocker.HearStatus, 0)
		}, "denied granted denied", consent.TCF, false},
		"a TCF dialogue": {func(g *blocker.Gate) {
			g.Hear(consent.TCF, "", "", 1|1<<7|3<<blocker.HearStatus, 0)
		}, "unset unset unset", consent.NoSource, false},
		"the publisher's own purposes": {func(g *blocker.Gate) {
			g.Hear(consent.TCF, "", "", 1|1<<7|1<<blocker.HearStatus|blocker.HearKept, 1)
		}, "denied denied denied", consent.TCF, false},
		"the GDPR does not apply": {func(g *blocker.Gate) {
			g.Hear(consent.TCF, "", "", blocker.HearNotGDPR, 0)
		}, "unset unset unset", consent.NoSource, true},
		"a GPP objection": {func(g *blocker.Gate) {
			g.Hear(consent.GPP, "", "DBABLA~CAARAAAAAABA.YA", 1<<7, 0)
		}, "unset unset denied", consent.GPP, true},
		"a GPP CMP that is not ready": {func(g *blocker.Gate) {
			g.Hear(consent.GPP, "", "DBABLA~CEAgAAAAAABA.QA", 0, 0)
		}, "unset unset unset", consent.NoSource, false},
		"a US privacy string": {func(g *blocker.Gate) {
			g.Hear(consent.USP, "", "1YYN", 0, 0)
		}, "unset unset denied", consent.USP, true},
		"a default of Consent Mode": {func(g *blocker.Gate) {
			g.Hear(consent.GCM, "", "", 31, 0)
		}, "unset unset unset", consent.NoSource, false},
		"an update of Consent Mode": {func(g *blocker.Gate) {
			g.Hear(consent.GCM, "", "", 1<<3|blocker.HearUpdate, 1)
		}, "unset granted denied", consent.GCM, false},
		"the API does not speak this way": {func(g *blocker.Gate) {
			g.Hear(consent.API, "", `{"analytics":true}`, decided, 0)
		}, "unset unset unset", consent.NoSource, false},
		"no source": {func(g *blocker.Gate) {
			g.Hear(consent.NoSource, "", `{"analytics":true}`, decided, 0)
			g.Hear(200, "", `{"analytics":true}`, decided, 0)
		}, "unset unset unset", consent.NoSource, false},
		"a stored choice": {func(g *blocker.Gate) {
			g.Stored(grantJar, "", today)
		}, "unset granted unset", consent.CMP, false},
		"a CMP that is there silences it": {func(g *blocker.Gate) {
			g.Stored(grantJar, "", today)
			g.Hear(consent.CMP, "klaro", `{"analytics":true}`, 0, 0)
		}, "unset unset unset", consent.NoSource, false},
		"one that has no words leaves its own": {func(g *blocker.Gate) {
			g.Stored(grantJar, "", today)
			g.Hear(consent.CMP, "klaro", "", asksNot, 0)
		}, "unset granted unset", consent.CMP, true},
		"but no other's": {func(g *blocker.Gate) {
			g.Stored(grantJar, "", today)
			g.Hear(consent.CMP, "cookiebot", "", asksFirst, 0)
		}, "unset unset unset", consent.NoSource, false},
		"a key that is written now": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "klaro", `{"analytics":true}`, decided, 0)
			g.Stored(denyJar, "klaro", today)
		}, "unset denied unset", consent.CMP, false},
		"keeps the model of its CMP": {func(g *blocker.Gate) {
			g.Hear(consent.CMP, "klaro", "{}", asksNot, 0)
			g.Stored("klaro=x", "klaro", today)
		}, "unset unset unset", consent.NoSource, true},
		"a key that is gone": {func(g *blocker.Gate) {
			g.Stored(grantJar, "", today)
			g.Stored("theme=dark", "klaro", today)
		}, "unset unset unset", consent.NoSource, false},
		"a standard's stored string stays a stored one": {func(g *blocker.Gate) {
			g.Hear(consent.USP, "", "1YNN", 0, 0)
			g.Stored("usprivacy=1YYN", "usprivacy", today)
		}, "unset unset unset", consent.NoSource, true},
	} {
		t.Run(name, func(t *testing.T) {
			g := blocker.New(blocker.Config{})
			c.say(g)
			r := g.Consent()
			assert.Equal(t, c.want, states(g))
			assert.Equal(t, c.source, r.Source)
			assert.Equal(t, c.optOut, r.Model == consent.OptOut, r.Model)
		})
	}
}

func TestAPlatformThatRepeatsWhatItStoredDoesNotOutweighGPC(t *testing.T) {
	const yes, no = `{"analytics":true,"ads":true}`, `{"analytics":true,"ads":false}`
	stored := func(g *blocker.Gate) { g.Stored("klaro=%7B%22analytics%22%3Atrue%2C%22ads%22%3Atrue%7D", "", today) }
	written := func(g *blocker.Gate) {
		g.Stored("klaro=%7B%22analytics%22%3Atrue%2C%22ads%22%3Atrue%7D", "klaro", today)
	}
	says := func(words string) func(g *blocker.Gate) {
		return func(g *blocker.Gate) { g.Hear(consent.CMP, "klaro", words, decided, 0) }
	}
	for _, c := range []struct {
		title string
		steps []func(g *blocker.Gate)
		want  string
	}{
		{"what is stored", []func(g *blocker.Gate){stored}, "unset granted denied"},
		{"the same, said", []func(g *blocker.Gate){stored, says(yes)}, "unset granted denied"},
		{"and said again", []func(g *blocker.Gate){stored, says(yes), says(yes)}, "unset granted denied"},
		{"and written again", []func(g *blocker.Gate){stored, written, says(yes), written}, "unset granted denied"},
		{"a choice of this visit", []func(g *blocker.Gate){says(yes)}, "unset granted granted"},
		{"a change of mind and back", []func(g *blocker.Gate){stored, says(yes), says(no), says(yes)}, "unset granted granted"},
	} {
		t.Run(c.title, func(t *testing.T) {
			g := blocker.New(blocker.Config{Categories: []consent.Mapping{{Name: "ads", Category: consent.Marketing}}})
			g.Set(consent.GPC, choice(unset, unset, denied), consent.Of(consent.Marketing))
			for _, step := range c.steps {
				step(g)
			}
			assert.Equal(t, c.want, states(g))
		})
	}
}

func TestASiteThatDoesNotTrustWhatIsStored(t *testing.T) {
	g := blocker.New(blocker.Config{IgnoreStored: true})
	assert.Zero(t, g.Stored(grantJar+"; usprivacy=1YYN", "", today).Changed)
	assert.Equal(t, consent.Of(consent.Analytics), g.Stored(grantJar, "klaro", today).Changed, "but what is written now is the CMP's word")
}

func TestOneTransitionForAllThatIsStored(t *testing.T) {
	g := blocker.New(blocker.Config{})
	transition := g.Stored(grantJar+"; usprivacy=1YYN; cookieconsent_status=allow", "", today)
	assert.Equal(t, blocker.Transition{Changed: consent.All, Before: blocker.Hold, After: blocker.Allow}, transition)
	assert.Equal(t, blocker.Transition{Before: blocker.Allow, After: blocker.Allow}, g.Stored(grantJar, "", today), "said again it changes nothing")
}

func TestWhomTheGateListensTo(t *testing.T) {
	for _, c := range []struct {
		cmp         []string
		klaro, self bool
	}{{nil, true, true}, {[]string{}, false, false}, {[]string{"klaro"}, true, false}} {
		g := blocker.New(blocker.Config{CMP: c.cmp})
		assert.Equal(t, c.klaro, g.Listens("klaro"))
		assert.Equal(t, c.self, g.Listens("generic"))
		assert.Equal(t, c.klaro, g.Stored(grantJar, "", today).Changed != 0)
	}
	g := blocker.New(blocker.Config{})
	assert.True(t, g.Keeps("klaro"))
	assert.False(t, g.Keeps("theme"))
}

func TestHearingAllocatesNothing(t *testing.T) {
	g := blocker.New(blocker.Config{})
	hear := func() {
		g.Hear(consent.CMP, "onetrust", `{"C0002":true,"C0004":false}`, decided, 0)
		g.Hear(consent.TCF, "", "", 1|1<<7|2<<blocker.HearStatus, 0)
		g.Hear(consent.GPP, "", "DBABLA~CAARAAAAAABA.YA", 1<<7, 0)
		g.Hear(consent.GCM, "", "", 1<<3|blocker.HearUpdate, 1)
		g.Stored("cookieconsent_status=deny; usprivacy=1YYN", "", today)
	}
	hear()
	assert.LessOrEqual(t, testing.AllocsPerRun(100, hear), 1.0, "a reader of JSON; TinyGo keeps it on the stack")
}
