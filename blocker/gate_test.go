package blocker_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

const (
	unset   = consent.Unset
	granted = consent.Granted
	denied  = consent.Denied
)

var (
	functional = consent.Of(consent.Functional)
	analytics  = consent.Of(consent.Analytics)
	marketing  = consent.Of(consent.Marketing)

	loader = blocker.Request{Kind: blocker.Script, Host: "cdn.segment.com", Path: "/analytics.js/v1/KEY/analytics.min.js"}
)

// choice are states of functional, analytics and marketing.
func choice(f, a, m consent.State) consent.States { return consent.States{unset, f, a, m} }

func TestTheStatesOfWhatIsNeededDecide(t *testing.T) {
	for _, c := range []struct {
		title    string
		needs    consent.Set
		model    consent.Model
		states   consent.States
		action   blocker.Action
		reason   blocker.Reason
		category consent.Category
	}{
		{"nothing said", 0, consent.Auto, choice(unset, unset, unset), blocker.Hold, blocker.ConsentUnset, consent.Analytics},
		{"granted", 0, consent.Auto, choice(unset, granted, unset), blocker.Allow, blocker.ConsentGranted, consent.Analytics},
		{"denied", 0, consent.Auto, choice(granted, denied, granted), blocker.Drop, blocker.ConsentDenied, consent.Analytics},
		{"another category does not help", 0, consent.Auto, choice(granted, unset, granted), blocker.Hold, blocker.ConsentUnset, consent.Analytics},
		{"another category does not harm", 0, consent.Auto, choice(denied, granted, denied), blocker.Allow, blocker.ConsentGranted, consent.Analytics},
		{"opt-out without an objection", 0, consent.OptOut, choice(unset, unset, unset), blocker.Allow, blocker.OptOutModel, consent.Analytics},
		{"opt-out with an objection", 0, consent.OptOut, choice(unset, denied, unset), blocker.Drop, blocker.ConsentDenied, consent.Analytics},
		{"opt-out with a yes", 0, consent.OptOut, choice(unset, granted, unset), blocker.Allow, blocker.ConsentGranted, consent.Analytics},
		{"two needed, none said", analytics | marketing, consent.Auto, choice(unset, unset, unset), blocker.Hold, blocker.ConsentUnset, consent.Analytics},
		{"two needed, one granted", analytics | marketing, consent.Auto, choice(unset, granted, unset), blocker.Hold, blocker.ConsentUnset, consent.Marketing},
		{"two needed, both granted", analytics | marketing, consent.Auto, choice(unset, granted, granted), blocker.Allow, blocker.ConsentGranted, consent.Marketing},
		{"two needed, one open, one denied", analytics | marketing, consent.Auto, choice(unset, unset, denied), blocker.Drop, blocker.ConsentDenied, consent.Marketing},
		{"two needed, one granted, one denied", analytics | marketing, consent.Auto, choice(unset, granted, denied), blocker.Drop, blocker.ConsentDenied, consent.Marketing},
		{"two needed, both denied", analytics | marketing, consent.Auto, choice(unset, denied, denied), blocker.Drop, blocker.ConsentDenied, consent.Analytics},
		{"opt-out, two needed, one granted", analytics | marketing, consent.OptOut, choice(unset, granted, unset), blocker.Allow, blocker.OptOutModel, consent.Marketing},
		{"opt-out, two needed, the other granted", analytics | marketing, consent.OptOut, choice(unset, unset, granted), blocker.Allow, blocker.OptOutModel, consent.Analytics},
		{"opt-out, two needed, none said", analytics | marketing, consent.OptOut, choice(unset, unset, unset), blocker.Allow, blocker.OptOutModel, consent.Analytics},
		{"opt-out, two needed, one denied", analytics | marketing, consent.OptOut, choice(unset, granted, denied), blocker.Drop, blocker.ConsentDenied, consent.Marketing},
		{"all needed, all granted", consent.All, consent.Auto, choice(granted, granted, granted), blocker.Allow, blocker.ConsentGranted, consent.Marketing},
		{"all needed, the weakest open", consent.All, consent.Auto, choice(unset, granted, granted), blocker.Hold, blocker.ConsentUnset, consent.Functional},
		{"functional needed", functional, consent.Auto, choice(granted, unset, unset), blocker.Allow, blocker.ConsentGranted, consent.Functional},
	} {
		t.Run(c.title, func(t *testing.T) {
			gate := blocker.New(blocker.Config{Requires: c.needs, Model: c.model})
			gate.Set(consent.CMP, c.states, consent.All)
			d := gate.Decide(loader)
			assert.Equal(t, c.action.String(), d.Action.String())
			assert.Equal(t, c.reason.String(), d.Reason.String())
			assert.Equal(t, c.category.String(), d.Category.String())
			assert.Equal(t, c.action, gate.Segment())
		})
	}
}

// A gate follows a visit: each step is what one source says, and what the gate answers to it.
func TestTransitionsOfAVisit(t *testing.T) {
	type step struct {
		title string
		do    func(g *blocker.Gate) blocker.Transition
		want  blocker.Transition
	}
	set := func(source consent.Source, states consent.States, mask consent.Set) func(*blocker.Gate) blocker.Transition {
		return func(g *blocker.Gate) blocker.Transition { return g.Set(source, states, mask) }
	}
	hear := func(source consent.Source, a uint32) func(*blocker.Gate) blocker.Transition {
		return func(g *blocker.Gate) blocker.Transition { return g.Hear(source, "", "", a, 0) }
	}
	yes, no, open := choice(granted, granted, granted), choice(denied, denied, denied), choice(unset, unset, unset)
	gate := blocker.New(blocker.Config{})
	for _, s := range []step{
		{"gpc objects to marketing", set(consent.GPC, choice(unset, unset, denied), marketing), blocker.Transition{
			Changed: marketing, Before: blocker.Hold, After: blocker.Hold,
		}},
		{"the cmp says that this visitor needs no prior consent", hear(consent.CMP, asksNot), blocker.Transition{
			Before: blocker.Hold, After: blocker.Allow, Model: true,
		}},
		{"saying it again changes nothing", hear(consent.CMP, asksNot), blocker.Transition{
			Before: blocker.Allow, After: blocker.Allow,
		}},
		{"tcf says that the gdpr applies", hear(consent.TCF, 0), blocker.Transition{
			Before: blocker.Allow, After: blocker.Hold, Model: true,
		}},
		{"the visitor grants everything", set(consent.CMP, yes, consent.All), blocker.Transition{
			Changed: consent.All, Before: blocker.Hold, After: blocker.Allow,
		}},
		{"the site denies functional by name", set(consent.API, no, functional), blocker.Transition{
			Changed: functional, Before: blocker.Allow, After: blocker.Allow,
		}},
		{"a name that is not in the mask keeps its state", set(consent.API, open, 0), blocker.Transition{
			Before: blocker.Allow, After: blocker.Allow,
		}},
		{"the visitor withdraws", set(consent.API, no, consent.All), blocker.Transition{
			Changed: analytics | marketing, Before: blocker.Allow, After: blocker.Drop,
		}},
		{"a weaker source cannot bring it back", set(consent.CMP, yes, consent.All), blocker.Transition{
			Before: blocker.Drop, After: blocker.Drop,
		}},
		{"the site takes its word back, and the cmp's holds again", set(consent.API, open, consent.All), blocker.Transition{
			Changed: consent.All, Before: blocker.Drop, After: blocker.Allow,
		}},
		{"nobody is no source", set(consent.NoSource, no, consent.All), blocker.Transition{
			Before: blocker.Allow, After: blocker.Allow,
		}},
		{"a source that does not exist is none", hear(99, asksNot), blocker.Transition{
			Before: blocker.Allow, After: blocker.Allow,
		}},
	} {
		assert.Equal(t, s.want, s.do(gate), s.title)
	}
}

func TestSayingAModelKeepsTheStates(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	gate.Set(consent.TCF, choice(denied, granted, unset), consent.All)
	gate.Hear(consent.TCF, "", "", 0, 0)
	assert.Equal(t, consent.States{granted, denied, granted, unset}, gate.Consent().States)
	gate.Set(consent.TCF, choice(unset, unset, granted), marketing)
	assert.Equal(t, consent.Record{
		States: consent.States{granted, denied, granted, granted}, Source: consent.TCF, Model: consent.OptIn,
	}, gate.Consent())
}

func TestApplyReplacesEverythingASourceSaid(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	gate.Apply(consent.Signal{Source: consent.CMP, States: choice(granted, granted, granted), Model: consent.OptOut})
	transition := gate.Apply(consent.Signal{Source: consent.CMP, States: choice(unset, granted, unset)})
	assert.Equal(t, blocker.Transition{
		Changed: functional | marketing, Before: blocker.Allow, After: blocker.Allow, Model: true,
	}, transition)
	assert.Equal(t, consent.OptIn, gate.Consent().Model)
}

func TestAGateKeepsTheConfigurationItWasMadeWith(t *testing.T) {
	config, problems := blocker.ParseConfig(`{"requires": "marketing", "debug": true}`)
	assert.Empty(t, problems)
	gate := blocker.New(config)
	assert.Equal(t, config, *gate.Config())
	assert.Equal(t, consent.Record{States: consent.States{granted, unset, unset, unset}, Model: consent.OptIn}, gate.Consent())
}
