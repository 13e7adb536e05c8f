package consent_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// cmp is a signal of one of several CMPs.
func cmp(number uint8, stored bool, functional, analytics, marketing consent.State) consent.Signal {
	s := says(consent.CMP, functional, analytics, marketing)
	s.CMP, s.Stored = number, stored
	return s
}

// early makes a signal one of an earlier visit.
func early(s consent.Signal) consent.Signal {
	s.Stored = true
	return s
}

func TestSeveralCMPsAndStoredChoices(t *testing.T) {
	for _, c := range []struct {
		title   string
		signals []consent.Signal
		states  consent.States
		source  consent.Source
	}{
		{
			"of two CMPs the stricter counts",
			[]consent.Signal{cmp(1, false, granted, granted, denied), cmp(2, false, unset, denied, granted)},
			consent.States{granted, granted, denied, denied},
			consent.CMP,
		},
		{
			"a CMP that changes its mind leaves the other as it is",
			[]consent.Signal{cmp(1, false, unset, denied, denied), cmp(2, false, unset, granted, granted), cmp(1, false, unset, granted, unset)},
			consent.States{granted, unset, granted, granted},
			consent.CMP,
		},
		{
			"of two stored choices the stricter counts",
			[]consent.Signal{cmp(1, true, unset, granted, granted), cmp(2, true, unset, denied, unset)},
			consent.States{granted, unset, denied, granted},
			consent.CMP,
		},
		{
			"a CMP silences what all of them stored, by not knowing too",
			[]consent.Signal{cmp(1, true, granted, granted, granted), cmp(2, true, granted, granted, granted), cmp(2, false, unset, unset, unset)},
			consent.States{granted, unset, unset, unset},
			consent.NoSource,
		},
		{
			"a stored choice that comes too late is not heard",
			[]consent.Signal{cmp(1, false, unset, denied, unset), cmp(1, true, granted, granted, granted)},
			consent.States{granted, unset, denied, unset},
			consent.CMP,
		},
		{
			"a standard silences its own stored string",
			[]consent.Signal{early(says(consent.TCF, granted, granted, granted)), says(consent.TCF, denied, denied, denied)},
			consent.States{granted, denied, denied, denied},
			consent.TCF,
		},
		{
			"and it stays silenced",
			[]consent.Signal{says(consent.TCF, denied, denied, denied), early(says(consent.TCF, granted, granted, granted))},
			consent.States{granted, denied, denied, denied},
			consent.TCF,
		},
		{
			"but one source does not silence what another stored",
			[]consent.Signal{early(says(consent.TCF, granted, granted, granted)), cmp(1, false, unset, granted, unset)},
			consent.States{granted, granted, granted, granted},
			consent.CMP,
		},
		{
			"gpc is overruled by the CMP's own word",
			[]consent.Signal{says(consent.GPC, unset, unset, denied), cmp(1, false, unset, granted, granted)},
			consent.States{granted, unset, granted, granted},
			consent.CMP,
		},
		{
			"gpc is not overruled by a choice of an earlier visit",
			[]consent.Signal{says(consent.GPC, unset, unset, denied), cmp(1, true, unset, granted, granted)},
			consent.States{granted, unset, granted, denied},
			consent.CMP,
		},
		{
			"nor by a stored TC string",
			[]consent.Signal{early(says(consent.TCF, unset, unset, granted)), says(consent.GPC, unset, unset, denied)},
			consent.States{granted, unset, unset, denied},
			consent.GPC,
		},
		{
			"nor by consent mode, which knows no choice",
			[]consent.Signal{says(consent.GCM, unset, granted, granted), says(consent.GPC, unset, unset, denied)},
			consent.States{granted, unset, granted, denied},
			consent.GCM,
		},
		{
			"nor by gpp",
			[]consent.Signal{says(consent.GPP, granted, granted, granted), says(consent.GPC, unset, unset, denied)},
			consent.States{granted, granted, granted, denied},
			consent.GPP,
		},
		{
			"a tcf choice overrules it",
			[]consent.Signal{says(consent.TCF, granted, granted, granted), says(consent.GPC, unset, unset, denied)},
			consent.States{granted, granted, granted, granted},
			consent.TCF,
		},
		{
			"the site's own code overrules it",
			[]consent.Signal{says(consent.API, unset, unset, granted), says(consent.GPC, unset, unset, denied)},
			consent.States{granted, unset, unset, granted},
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

func TestTheModelOfSeveralCMPs(t *testing.T) {
	with := func(number uint8, m consent.Model, gdpr bool) consent.Signal {
		return consent.Signal{Source: consent.CMP, CMP: number, Model: m, GDPR: gdpr}
	}
	for want, signals := range map[consent.Model][][]consent.Signal{
		consent.OptOut: {
			{with(1, consent.OptOut, false)},
			{with(1, consent.OptOut, false), with(2, consent.Auto, false)},
			{with(1, consent.OptIn, false), with(1, consent.OptOut, false)},
		},
		consent.OptIn: {
			{with(1, consent.OptOut, false), with(2, consent.OptIn, false)},
			{with(1, consent.OptIn, false), with(2, consent.OptOut, false)},
			{with(1, consent.OptOut, false), with(2, consent.OptOut, true)},
			{with(1, consent.Auto, false)},
		},
	} {
		for _, s := range signals {
			assert.Equal(t, want, board(s...).Merge(consent.Auto).Model, "%v", s)
		}
	}
}

func TestEveryStateHasItsSource(t *testing.T) {
	b := board(says(consent.GPC, unset, unset, denied), says(consent.USP, unset, unset, denied),
		says(consent.TCF, granted, denied, unset), cmp(3, false, unset, granted, unset))
	for c, want := range map[consent.Category]struct {
		state  consent.State
		source consent.Source
	}{
		consent.Functional: {granted, consent.TCF},
		consent.Analytics:  {granted, consent.CMP},
		consent.Marketing:  {denied, consent.USP},
		consent.Necessary:  {unset, consent.NoSource},
		9:                  {unset, consent.NoSource},
	} {
		state, source := b.State(c)
		assert.Equal(t, want.state, state, c)
		assert.Equal(t, want.source, source, c)
	}
}

func TestTheLastOfTheCMPs(t *testing.T) {
	b := board(cmp(1, false, granted, granted, granted))
	assert.Equal(t, consent.Signal{}, b.Last(consent.CMP), "one with a name is not the one without")
	own := cmp(0, false, unset, denied, unset)
	b.Put(own)
	assert.Equal(t, own, b.Last(consent.CMP))
}

// anySignal is a random signal of any source, of three CMPs, stored or not.
func anySignal(random *rand.Rand) consent.Signal {
	s := randomSignal(random)
	s.Stored = random.IntN(3) == 0 && s.Source != consent.API && s.Source != consent.GPC
	if s.Source == consent.CMP {
		s.CMP = uint8(random.IntN(3))
	}
	return s
}

var models = []consent.Model{consent.Auto, consent.OptIn, consent.OptOut}

// allows reports whether a category is open.
func allows(r consent.Record, c consent.Category) bool {
	return r.States[c] == granted || r.States[c] == unset && r.Model == consent.OptOut
}

// A signal that only refuses, from a source or a CMP that has not spoken yet, opens nothing.
func TestARefusalOpensNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		var b consent.Board
		heard := map[[2]uint8]bool{}
		stored := random.IntN(2) == 0
		for range random.IntN(8) {
			s := anySignal(random)
			s.Stored = stored
			heard[[2]uint8{uint8(s.Source), s.CMP}] = true
			b.Put(s)
		}
		refusal := anySignal(random)
		refusal.Stored = stored
		if heard[[2]uint8{uint8(refusal.Source), refusal.CMP}] {
			continue
		}
		for c := range refusal.States {
			refusal.States[c] = []consent.State{unset, denied}[random.IntN(2)]
		}
		refusal.Model = []consent.Model{consent.Auto, consent.OptIn}[random.IntN(2)]
		for _, m := range models {
			before := b.Merge(m)
			after := b
			after.Put(refusal)
			for _, c := range consent.Categories()[1:] {
				if allows(after.Merge(m), c) {
					assert.True(t, allows(before, c), "%v opened %s under %s", refusal, c, m)
				}
			}
		}
	}
}

// In which order different sources and CMPs speak makes no difference.
func TestTheOrderOfArrivalDoesNotCount(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 5000 {
		var signals []consent.Signal
		heard := map[[3]uint8]bool{}
		for range 10 {
			s := anySignal(random)
			key := [3]uint8{uint8(s.Source), s.CMP, 0}
			if s.Stored {
				key[2] = 1
			}
			if !heard[key] {
				heard[key] = true
				signals = append(signals, s)
			}
		}
		want := board(signals...)
		random.Shuffle(len(signals), func(i, j int) { signals[i], signals[j] = signals[j], signals[i] })
		got := board(signals...)
		for _, m := range models {
			assert.Equal(t, want.Merge(m), got.Merge(m), "%v", signals)
		}
	}
}

// Global Privacy Control closes marketing unless somebody who asked the visitor speaks on this visit.
func TestGPCHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 5000 {
		b := board(says(consent.GPC, unset, unset, denied))
		asked := false
		for range 6 {
			s := anySignal(random)
			if s.Source == consent.GPC {
				continue
			}
			asked = asked || s.Source >= consent.TCF && !s.Stored && s.States[consent.Marketing] == granted
			b.Put(s)
		}
		for _, m := range models {
			assert.True(t, asked || !allows(b.Merge(m), consent.Marketing))
		}
	}
}

func TestAChoiceOfAnotherDocumentOverrulesWhatWasSaidHere(t *testing.T) {
	deny := consent.States{granted, unset, denied, denied}
	grant := consent.States{granted, unset, granted, granted}
	both := consent.Of(consent.Analytics) | consent.Of(consent.Marketing)
	gpc := says(consent.GPC, unset, unset, denied)
	for _, c := range []struct {
		title  string
		before []consent.Signal
		by     consent.Source
		states consent.States
		mask   consent.Set
		after  []consent.Signal
		want   consent.States
	}{
		{"of a CMP's word", []consent.Signal{cmp(3, false, granted, granted, granted)}, consent.CMP, deny, both, nil, consent.States{granted, granted, denied, denied}},
		{"of one that has not been answered", []consent.Signal{cmp(3, false, unset, unset, unset)}, consent.CMP, grant, both, nil, consent.States{granted, unset, granted, granted}},
		{"a later word here counts again", []consent.Signal{cmp(3, false, unset, granted, granted)}, consent.CMP, deny, both, []consent.Signal{cmp(3, false, unset, granted, granted)}, consent.States{granted, unset, granted, granted}},
		{"so does that of a CMP that comes later", nil, consent.CMP, deny, both, []consent.Signal{cmp(3, false, unset, granted, granted)}, consent.States{granted, unset, granted, granted}},
		{"where nobody has spoken", nil, consent.CMP, deny, both, nil, consent.States{granted, unset, denied, denied}},
		{"of a category alone", []consent.Signal{says(consent.TCF, unset, granted, granted)}, consent.TCF, deny, consent.Of(consent.Marketing), nil, consent.States{granted, unset, granted, denied}},
		{"a weaker source that knows of it", []consent.Signal{cmp(3, false, unset, granted, unset), says(consent.TCF, unset, unset, granted)}, consent.CMP, deny, both, []consent.Signal{cmp(3, false, unset, denied, unset)}, consent.States{granted, unset, denied, denied}},
		{"not a stronger one", []consent.Signal{says(consent.API, unset, granted, unset)}, consent.CMP, deny, both, nil, consent.States{granted, unset, granted, denied}},
		{"not what the browser asks for", []consent.Signal{gpc}, consent.TCF, grant, both, nil, consent.States{granted, unset, granted, denied}},
	} {
		t.Run(c.title, func(t *testing.T) {
			b := &consent.Board{}
			for _, s := range c.before {
				b.Put(s)
			}
			b.Overrule(c.by, c.states, c.mask)
			for _, s := range c.after {
				b.Put(s)
			}
			assert.Equal(t, c.want, b.Merge(consent.OptIn).States)
		})
	}
}
