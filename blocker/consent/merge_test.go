package consent_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

const (
	unset   = consent.Unset
	granted = consent.Granted
	denied  = consent.Denied
)

// says is a signal with states for functional, analytics and marketing.
func says(source consent.Source, functional, analytics, marketing consent.State) consent.Signal {
	return consent.Signal{Source: source, States: consent.States{unset, functional, analytics, marketing}}
}

func TestTheStrongestSourceThatKnowsACategoryDecidesIt(t *testing.T) {
	for _, c := range []struct {
		title   string
		signals []consent.Signal
		states  consent.States
		source  consent.Source
	}{
		{"nobody spoke", nil, consent.States{granted, unset, unset, unset}, consent.NoSource},
		{
			"gpc alone",
			[]consent.Signal{says(consent.GPC, unset, unset, denied)},
			consent.States{granted, unset, unset, denied},
			consent.GPC,
		},
		{
			"an explicit choice over gpc",
			[]consent.Signal{says(consent.GPC, unset, unset, denied), says(consent.CMP, granted, granted, granted)},
			consent.States{granted, granted, granted, granted},
			consent.CMP,
		},
		{
			"gpc where the cmp says nothing of marketing",
			[]consent.Signal{says(consent.GPC, unset, unset, denied), says(consent.CMP, unset, granted, unset)},
			consent.States{granted, unset, granted, denied},
			consent.CMP,
		},
		{
			"tcf over gpp, usp and consent mode, in whatever order they speak",
			[]consent.Signal{
				says(consent.TCF, denied, denied, denied), says(consent.GPP, granted, granted, granted),
				says(consent.USP, granted, granted, granted), says(consent.GCM, granted, granted, granted),
			},
			consent.States{granted, denied, denied, denied},
			consent.TCF,
		},
		{
			"the site's own code over its cmp",
			[]consent.Signal{says(consent.API, unset, denied, unset), says(consent.CMP, granted, granted, granted)},
			consent.States{granted, granted, denied, granted},
			consent.API,
		},
		{
			"a source that speaks again replaces what it said",
			[]consent.Signal{says(consent.CMP, granted, granted, granted), says(consent.CMP, unset, denied, unset)},
			consent.States{granted, unset, denied, unset},
			consent.CMP,
		},
		{
			"a source that takes everything back leaves it to the weaker one",
			[]consent.Signal{
				says(consent.GPC, unset, unset, denied), says(consent.API, granted, granted, granted), says(consent.API, unset, unset, unset),
			},
			consent.States{granted, unset, unset, denied},
			consent.GPC,
		},
		{
			"necessary cannot be denied",
			[]consent.Signal{{Source: consent.API, States: consent.States{denied, unset, unset, unset}}},
			consent.States{granted, unset, unset, unset},
			consent.NoSource,
		},
		{
			"no source is nobody",
			[]consent.Signal{says(consent.NoSource, granted, granted, granted), says(99, granted, granted, granted)},
			consent.States{granted, unset, unset, unset},
			consent.NoSource,
		},
		{
			"a state that does not exist is a denial",
			[]consent.Signal{says(consent.TCF, granted, granted, granted), says(consent.API, 3, 200, unset)},
			consent.States{granted, denied, denied, granted},
			consent.API,
		},
	} {
		t.Run(c.title, func(t *testing.T) {
			record := board(c.signals...).Merge(consent.Auto)
			assert.Equal(t, c.states, record.States)
			assert.Equal(t, c.source, record.Source)
		})
	}
}

func TestTheModelInForce(t *testing.T) {
	model := func(source consent.Source, m consent.Model) consent.Signal {
		return consent.Signal{Source: source, Model: m}
	}
	gdpr := func(source consent.Source, m consent.Model) consent.Signal {
		return consent.Signal{Source: source, Model: m, GDPR: true}
	}
	for _, c := range []struct {
		title      string
		configured consent.Model
		signals    []consent.Signal
		want       consent.Model
	}{
		{"auto without a word is opt-in", consent.Auto, nil, consent.OptIn},
		{"opt-in as configured", consent.OptIn, nil, consent.OptIn},
		{"opt-out as configured", consent.OptOut, nil, consent.OptOut},
		{"auto takes a source's word", consent.Auto, []consent.Signal{model(consent.USP, consent.OptOut)}, consent.OptOut},
		{
			"auto takes the strongest source's word",
			consent.Auto,
			[]consent.Signal{model(consent.CMP, consent.OptIn), model(consent.USP, consent.OptOut)},
			consent.OptIn,
		},
		{
			"a strong source without a word leaves it to the weaker",
			consent.Auto,
			[]consent.Signal{model(consent.CMP, consent.Auto), model(consent.USP, consent.OptOut)},
			consent.OptOut,
		},
		{"configured opt-in stays", consent.OptIn, []consent.Signal{model(consent.CMP, consent.OptOut)}, consent.OptIn},
		{"configured opt-out stays", consent.OptOut, []consent.Signal{model(consent.CMP, consent.OptIn)}, consent.OptOut},
		{"gdpr overrules a configured opt-out", consent.OptOut, []consent.Signal{gdpr(consent.TCF, consent.Auto)}, consent.OptIn},
		{
			"gdpr from a weak source overrules a strong source's opt-out",
			consent.Auto,
			[]consent.Signal{gdpr(consent.GPP, consent.OptOut), model(consent.API, consent.OptOut)},
			consent.OptIn,
		},
		{
			"gdpr that was taken back no longer counts",
			consent.OptOut,
			[]consent.Signal{gdpr(consent.TCF, consent.Auto), model(consent.TCF, consent.Auto)},
			consent.OptOut,
		},
		{"gdpr from nobody does not count", consent.OptOut, []consent.Signal{gdpr(consent.NoSource, consent.Auto)}, consent.OptOut},
		{"a model that does not exist is opt-in", consent.Auto, []consent.Signal{model(consent.CMP, 9)}, consent.OptIn},
		{"a configured model that does not exist is opt-in", 9, nil, consent.OptIn},
	} {
		t.Run(c.title, func(t *testing.T) {
			assert.Equal(t, c.want, board(c.signals...).Merge(c.configured).Model)
		})
	}
}

func TestMergeDependsOnlyOnTheLastSignalOfEachSource(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var b consent.Board
		last := map[consent.Source]consent.Signal{}
		for range 12 {
			s := randomSignal(random)
			b.Put(s)
			last[s.Source] = s
		}
		var fresh consent.Board
		for _, s := range last {
			fresh.Put(s)
			assert.Equal(t, s, b.Last(s.Source))
		}
		for _, m := range []consent.Model{consent.Auto, consent.OptIn, consent.OptOut} {
			record := b.Merge(m)
			assert.Equal(t, record, fresh.Merge(m))
			assert.Equal(t, consent.Granted, record.States[consent.Necessary])
			assert.NotEqual(t, consent.Auto, record.Model)
		}
	}
}

func TestLastOfASourceThatHasNotSpokenIsNothing(t *testing.T) {
	var b consent.Board
	assert.Equal(t, consent.Signal{}, b.Last(consent.CMP))
	assert.Equal(t, consent.Signal{}, b.Last(consent.NoSource))
	assert.Equal(t, consent.Signal{}, b.Last(250))
}

func board(signals ...consent.Signal) *consent.Board {
	b := &consent.Board{}
	for _, s := range signals {
		b.Put(s)
	}
	return b
}

func randomSignal(random *rand.Rand) consent.Signal {
	s := consent.Signal{
		Source: consent.GPC + consent.Source(random.IntN(len(consent.Sources())-1)),
		Model:  consent.Model(random.IntN(3)),
		GDPR:   random.IntN(5) == 0,
	}
	for c := range s.States {
		s.States[c] = consent.State(random.IntN(3))
	}
	return s
}
