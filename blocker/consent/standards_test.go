package consent_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// of is a set of purposes as TCData has it.
func of(purposes ...int) (set uint32) {
	for _, p := range purposes {
		set |= 1 << (p - 1)
	}
	return set
}

var allPurposes = of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)

// TC strings of November 2026 with all purposes and consent to vendor 755: it was shown, nobody was shown, another was,
// and with a restriction of a purpose for it: not allowed, consent, legitimate interest, and one of purpose 9.
const (
	shown       = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgF5wAQF5gAAAA.IF5wAQF5g"
	nobodyShown = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgF5wAQF5gAAAA.IAAA"
	otherShown  = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgF5wAQF5gAAAA.IF5wAQF5A"
	notAllowed  = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgF5wAQF5gAAABCAAQF5g.IF5wAQF5g"
	byConsent   = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgF5wAQF5gAAABCQAQF5g.IF5wAQF5g"
	byInterest  = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgF5wAQF5gAAABCgAQF5g.IF5wAQF5g"
	another     = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgF5wAQF5gAAABJAAQF5g.IF5wAQF5g"
	noVendors   = "CQt-4cAQt-4cAAKABBENDIFgAP_gAAAAAAYgAAAAAAAA.IAAA"
)

func TestWhichPurposesACategoryNeeds(t *testing.T) {
	for _, c := range []struct {
		title string
		given uint32
		want  consent.States
	}{
		{"all", allPurposes, consent.States{unset, granted, granted, granted}},
		{"none", 0, consent.States{unset, denied, denied, denied}},
		{"all but storage", allPurposes &^ of(1), consent.States{unset, denied, denied, denied}},
		{"storage alone", of(1), consent.States{unset, denied, denied, denied}},
		{"1 and 8", of(1, 8), consent.States{unset, denied, granted, denied}},
		{"1, 5 and 6", of(1, 5, 6), consent.States{unset, granted, denied, denied}},
		{"1 and 5", of(1, 5), consent.States{unset, denied, denied, denied}},
		{"1, 2, 3, 4 and 7", of(1, 2, 3, 4, 7), consent.States{unset, denied, denied, granted}},
		{"without 2", allPurposes &^ of(2), consent.States{unset, granted, granted, denied}},
		{"without 3", allPurposes &^ of(3), consent.States{unset, granted, granted, denied}},
		{"without 4", allPurposes &^ of(4), consent.States{unset, granted, granted, denied}},
		{"without 7", allPurposes &^ of(7), consent.States{unset, granted, granted, denied}},
		{"without 8", allPurposes &^ of(8), consent.States{unset, granted, denied, granted}},
		{"bits beyond the purposes", 1<<31 | of(8), consent.States{unset, denied, denied, denied}},
	} {
		t.Run(c.title, func(t *testing.T) {
			s := tcf(&consent.Reader{}, consent.TCData{Purposes: c.given, Status: consent.TCFLoaded}, consent.Signal{})
			assert.Equal(t, consent.Signal{Source: consent.TCF, States: c.want, GDPR: true}, s)
		})
	}
}

func TestASiteChoosesItsPurposes(t *testing.T) {
	words := func(names ...string) *consent.Reader {
		r := &consent.Reader{}
		for _, n := range names {
			r.Words = append(r.Words, consent.Mapping{Name: n, Category: consent.Analytics})
		}
		return r
	}
	for _, c := range []struct {
		title string
		r     *consent.Reader
		given uint32
		want  consent.State
	}{
		{"one more", words("tcf:7", "tcf:8"), of(1, 8), denied},
		{"one more, given", words("tcf:7", "tcf:8"), of(1, 7, 8), granted},
		{"another in its place", words("tcf:9"), of(1, 9), granted},
		{"storage is always needed", words("tcf:9"), of(9), denied},
		{"storage alone, as the site says", words("tcf:1"), of(1), granted},
		{"one that does not exist", words("tcf:25"), allPurposes, denied},
		{"one far beyond", words("tcf:99999999"), allPurposes, denied},
		{"more than a number", words("tcf:99999999999999"), allPurposes, denied},
		{"no number", words("tcf:x"), allPurposes, denied},
		{"nothing at all", words("tcf:"), of(1, 8), granted},
		{"words of CMPs", words("C0002", "tcf", "tcf8", "xtcf:9"), of(1, 8), granted},
	} {
		t.Run(c.title, func(t *testing.T) {
			s := tcf(c.r, consent.TCData{Purposes: c.given, Status: consent.TCFLoaded}, consent.Signal{})
			assert.Equal(t, c.want, s.States[consent.Analytics])
			assert.Equal(t, c.given == allPurposes, s.States[consent.Marketing] == granted, "other categories are left alone")
		})
	}
}

func TestASiteNamesAVendor(t *testing.T) {
	for _, c := range []struct {
		title, word, text string
		want              consent.State
	}{
		{"consented to and shown", "vendor:755", shown, granted},
		{"consented to, but nobody was shown", "vendor:755", nobodyShown, denied},
		{"consented to, but another was shown", "vendor:755", otherShown, denied},
		{"another vendor", "vendor:754", shown, denied},
		{"no vendor", "vendor:755", noVendors, denied},
		{"a purpose is not allowed", "vendor:755", notAllowed, denied},
		{"a purpose needs consent, which there is", "vendor:755", byConsent, granted},
		{"a purpose rests on legitimate interest alone", "vendor:755", byInterest, denied},
		{"a purpose that is not needed", "vendor:755", another, granted},
		{"a faulty string", "vendor:755", "C", denied},
		{"no string", "vendor:755", "", denied},
		{"a number that no vendor has", "vendor:65536", shown, denied},
		{"no number", "vendor:x", shown, denied},
	} {
		t.Run(c.title, func(t *testing.T) {
			r := &consent.Reader{Words: []consent.Mapping{{Name: c.word, Category: consent.Marketing}}}
			s := tcf(r, consent.TCData{Text: c.text, Purposes: allPurposes, Status: consent.TCFLoaded}, consent.Signal{})
			assert.Equal(t, consent.States{unset, granted, granted, c.want}, s.States)
			if c.text != "" && c.text != "C" {
				assert.Equal(t, s.States, read(r, "euconsent-v2="+c.text, "", 1795435200000)[0].States, "stored")
			}
		})
	}
}

func TestOnlyAChoiceChangesTheTCFsStates(t *testing.T) {
	last := consent.Signal{Source: consent.TCF, States: consent.States{unset, denied, granted, unset}, Stored: true}
	given := consent.TCData{Purposes: allPurposes}
	for status, acts := range map[consent.TCFStatus]bool{
		consent.TCFNoStatus: false, consent.TCFLoaded: true, consent.TCFActionComplete: true, consent.TCFShown: false, 200: false,
	} {
		given.Status = status
		s := tcf(&consent.Reader{}, given, last)
		assert.True(t, s.GDPR, "status %d", status)
		if acts {
			assert.Equal(t, consent.Signal{Source: consent.TCF, States: consent.States{unset, granted, granted, granted}, GDPR: true}, s)
		} else {
			assert.Equal(t, last.States, s.States, "status %d", status)
			assert.True(t, s.Stored, "nobody has spoken yet")
		}
	}
	given.NotGDPR = true
	for _, status := range []consent.TCFStatus{consent.TCFNoStatus, consent.TCFLoaded, consent.TCFShown} {
		given.Status = status
		assert.Equal(t, consent.Signal{Source: consent.TCF, Model: consent.OptOut}, tcf(&consent.Reader{}, given, last), "it does not apply")
	}
}

func TestThePublishersOwnConsentsCountFirst(t *testing.T) {
	d := consent.TCData{Purposes: allPurposes, Publisher: of(1, 8), Status: consent.TCFLoaded}
	assert.Equal(t, granted, tcf(&consent.Reader{}, d, consent.Signal{}).States[consent.Marketing], "not kept")
	d.Kept = true
	assert.Equal(t, consent.States{unset, denied, granted, denied}, tcf(&consent.Reader{}, d, consent.Signal{}).States)
	d.Publisher = 0
	assert.Equal(t, consent.States{unset, denied, denied, denied}, tcf(&consent.Reader{}, d, consent.Signal{}).States)
}

func tcf(r *consent.Reader, d consent.TCData, last consent.Signal) consent.Signal {
	r.TCF(&d, &last)
	return last
}

// Sections of GPP.
const (
	eu, uspSection, nat, ca, va = 1 << 2, 1 << 6, 1 << 7, 1 << 8, 1 << 9
	none                        = 1 << 31
)

func TestGPPsSectionsAreObjections(t *testing.T) {
	quiet := consent.Signal{Source: consent.GPP, Model: consent.OptOut}
	objection := consent.Signal{Source: consent.GPP, Model: consent.OptOut, States: consent.States{unset, unset, unset, denied}}
	for _, c := range []struct {
		title    string
		text     string
		sections uint32
		want     consent.Signal
	}{
		{"opted out of sale and targeted advertising, with GPC", "DBABLA~CAARAAAAAABA.YA", nat, objection},
		{"did not opt out, version 2", "DBABLA~CEAgAAAAAABA.QA", nat, quiet},
		{"did not opt out", "DBABLA~BVQqAAAAAABo.QA", nat, quiet},
		{"GPC alone", "DBABLA~BVQqAAAAAABo.YA", nat, objection},
		{"not applicable", "DBABLA~BAAAAAAAAABA.QA", nat, quiet},
		{"the section that applies is not there", "DBABLA~BVQqAAAAAABo.QA", ca, objection},
		{"a section that does not apply", "DBABLA~CAARAAAAAABA.YA", none, consent.Signal{Source: consent.GPP}},
		{"Canada's", "DBABLA~CAARAAAAAABA.YA", 1 << 5, consent.Signal{Source: consent.GPP}},
		{"two apply and one is not there", "DBABLA~BVQqAAAAAABo.QA", nat | va, objection},
		{"no string", "", nat, objection},
		{"not a string", "garbage", nat, objection},
		{"USP inside", "DBABTA~1YNN", uspSection, quiet},
		{"an opt-out of USP inside", "DBABTA~1YYN", uspSection, objection},
		{"USP inside is not there", "DBABLA~BVQqAAAAAABo.QA", uspSection, objection},
		{"no string in Europe", "", eu, consent.Signal{Source: consent.GPP, GDPR: true}},
	} {
		t.Run(c.title, func(t *testing.T) {
			assert.Equal(t, c.want, gpp(c.text, c.sections, consent.Signal{Source: consent.GPP, Model: consent.OptIn, Stored: true}))
		})
	}
}

func TestATCStringInsideGPPIsAChoice(t *testing.T) {
	text := "DBACMYA~CQt-4cAQt-4cAAKABBENDIFgAIEAAAAAAAYgAAAAAAAA.IAAA~1YYN"
	s := gpp(text, eu, consent.Signal{})
	assert.Equal(t, consent.Signal{Source: consent.GPP, States: consent.States{unset, denied, granted, denied}, GDPR: true}, s)
	s = gpp(text, eu|uspSection, consent.Signal{})
	assert.Equal(t, consent.OptOut, s.Model)
	assert.Equal(t, consent.OptIn, board(s).Merge(consent.OptOut).Model, "the GDPR overrules")
}

func TestGPPThatIsNotReadyHoldsWhatIsNotYetDecided(t *testing.T) {
	ready := gpp("DBABLA~CAARAAAAAABA.YA", nat, consent.Signal{})
	for _, sections := range []uint32{0, 1} {
		s := gpp("DBABLA~BVQqAAAAAABo.QA", sections, ready)
		assert.Equal(t, ready.States, s.States, "an objection stays")
		assert.Equal(t, consent.OptIn, s.Model)
	}
}

func gpp(text string, sections uint32, last consent.Signal) consent.Signal {
	(&consent.Reader{}).GPP(text, sections, &last)
	return last
}

func TestUSPAndGPC(t *testing.T) {
	for text, want := range map[string]consent.Signal{
		"1YNN": {Source: consent.USP, Model: consent.OptOut},
		"1NNN": {Source: consent.USP, Model: consent.OptOut},
		"1-N-": {Source: consent.USP, Model: consent.OptOut},
		"1YYN": {Source: consent.USP, Model: consent.OptOut, States: consent.States{unset, unset, unset, denied}},
		"1-Y-": {Source: consent.USP, Model: consent.OptOut, States: consent.States{unset, unset, unset, denied}},
		"1---": {Source: consent.USP},
		"2YYN": {Source: consent.USP},
		"1yyn": {Source: consent.USP},
		"1YY":  {Source: consent.USP},
		"":     {Source: consent.USP},
	} {
		s := consent.Signal{Source: consent.USP, States: consent.States{unset, denied, granted, granted}, GDPR: true, Stored: true}
		(&consent.Reader{}).USP(text, &s)
		assert.Equal(t, want, s, text)
	}
	var s consent.Signal
	(&consent.Reader{}).GPC(true, &s)
	assert.Equal(t, consent.Signal{Source: consent.GPC, States: consent.States{unset, unset, unset, denied}}, s)
	(&consent.Reader{}).GPC(false, &s)
	assert.Equal(t, consent.Signal{Source: consent.GPC}, s)
}

// Types of Google Consent Mode, in the order of consent.ModeTypes.
const (
	ads, userData, personal, analyticsStorage, functionality = 1, 2, 4, 8, 16
	allTypes                                                 = 31
)

func TestOnlyAnUpdateOfConsentModeIsAChoice(t *testing.T) {
	type call struct {
		update          bool
		granted, denied uint32
	}
	for _, c := range []struct {
		title string
		calls []call
		want  consent.States
	}{
		{"default granted alone", []call{{false, allTypes, 0}}, consent.States{}},
		{"default denied alone", []call{{false, 0, allTypes}}, consent.States{}},
		{"an update of all", []call{{false, 0, allTypes}, {true, allTypes, 0}}, consent.States{unset, granted, granted, granted}},
		{"an update without a default", []call{{true, allTypes, 0}}, consent.States{unset, granted, granted, granted}},
		{"a refusal", []call{{false, 0, allTypes}, {true, 0, allTypes}}, consent.States{unset, denied, denied, denied}},
		{"analytics only", []call{{false, 0, allTypes}, {true, analyticsStorage, ads | userData | personal}}, consent.States{unset, unset, granted, denied}},
		{"version 1: two types", []call{{false, 0, ads | analyticsStorage}, {true, ads | analyticsStorage, 0}}, consent.States{unset, unset, granted, granted}},
		{"user data denied by default", []call{{false, 0, allTypes}, {true, ads | personal, 0}}, consent.States{unset, unset, unset, denied}},
		{"user data denied by an update of its own", []call{{true, ads | userData | personal, 0}, {true, 0, userData}}, consent.States{unset, unset, unset, denied}},
		{"and granted again", []call{{true, ads | personal, userData}, {true, userData, 0}}, consent.States{unset, unset, unset, granted}},
		{"a grant of one does not lift a refusal of another", []call{{true, 0, ads}, {true, userData, 0}}, consent.States{unset, unset, unset, denied}},
		{"withdrawn", []call{{true, allTypes, 0}, {true, 0, allTypes}}, consent.States{unset, denied, denied, denied}},
		{"a late default changes nothing", []call{{true, allTypes, 0}, {false, 0, allTypes}}, consent.States{unset, granted, granted, granted}},
		{"defaults of regions: the stricter", []call{{false, 0, userData}, {false, userData, 0}, {true, ads, 0}}, consent.States{unset, unset, unset, denied}},
		{"granted and denied at once", []call{{true, ads, ads}}, consent.States{unset, unset, unset, denied}},
		{"types that are not read", []call{{true, 1 << 5, 1 << 6}}, consent.States{}},
		{"an empty update", []call{{true, 0, 0}}, consent.States{}},
	} {
		t.Run(c.title, func(t *testing.T) {
			r := &consent.Reader{}
			s := consent.Signal{Source: consent.GCM, GDPR: true, Model: consent.OptOut}
			for _, call := range c.calls {
				r.ConsentMode(call.update, call.granted, call.denied, &s)
			}
			assert.Equal(t, consent.Signal{Source: consent.GCM, States: c.want}, s)
		})
	}
	assert.Equal(t, []string{"ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage"}, consent.ModeTypes())
}
