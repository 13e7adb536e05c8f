package iab_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

// libraryLine is a line of web/e2e/differential/consent.js: a string and what the IAB's own libraries read from it, or
// their complaint.
type libraryLine struct {
	Kind, S, Error string
	Damaged        bool
	libraryTC
	libraryGPP
}

type libraryTC struct {
	Version                                int
	Created, LastUpdated                   uint64
	CmpID                                  uint16 `json:"cmpId"`
	PolicyVersion                          uint8
	IsServiceSpecific, PurposeOneTreatment bool
	PublisherCC                            string
	SpecialFeatures                        []uint16
	PurposeConsents, PurposeLI             []uint16
	PublisherConsents, PublisherLI         []uint16
	CustomPurposes                         int
	VendorConsents, DisclosedVendors       []uint16
	Restrictions                           []struct {
		Purpose, Type uint8
		Vendors       []uint16
	}
}

type libraryGPP struct {
	Sections []iab.Section
	US       map[iab.Section]state
	USP      *[3]int // -1 for a letter that is none
	TCF      *libraryTC
}

// TestDifferential holds the decoders against @iabtcf/core and @iabgpp/cmpapi: what the libraries wrote is read alike,
// and what they refuse is refused. Of strings that are damaged but not beyond the libraries' patience this package
// refuses some more; it never grants more than they do.
func TestDifferential(t *testing.T) {
	const count = 2000
	lines := libraryLines(t, "20261123", "2000")
	require.Len(t, lines, count)
	refusals, alike := 0, 0
	for _, line := range lines {
		switch {
		case line.Error != "":
			refusals++
			assert.True(t, line.Damaged, "the library refuses what it wrote: %s", line.Error)
			assert.True(t, refusedLike(line), "%s, which the library refuses: %s", line.S, line.Error)
		case line.Kind == "tcf" && compareTC(t, line), line.Kind == "gpp" && compareGPP(t, line):
			alike++
		default:
			assert.True(t, line.Damaged, "%s is not refused by the library", line.S)
		}
	}
	assert.Greater(t, refusals, 400)
	assert.Greater(t, alike, 1200)
	t.Logf("%d strings read alike, %d refused by both, %d refused here alone", alike, refusals, count-alike-refusals)
}

// libraryLines runs the script. A machine without Node or the packages has not run the test, so it fails.
func libraryLines(t *testing.T, args ...string) (lines []libraryLine) {
	t.Helper()
	web, err := filepath.Abs("../../../web")
	require.NoError(t, err)
	node, err := exec.LookPath("node")
	require.NoError(t, err, "this test needs Node, to run the IAB's own libraries")
	for _, name := range []string{"@iabtcf/core", "@iabgpp/cmpapi"} {
		_, err := os.Stat(filepath.Join(web, "node_modules", name))
		require.NoError(t, err, "this test needs %s: run `npm ci --ignore-scripts` in web", name)
	}
	command := exec.Command(node, append([]string{"e2e/differential/consent.js"}, args...)...)
	command.Dir = web
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	require.NoError(t, err, "%s", complaint.String())
	scanner := bufio.NewScanner(bytes.NewReader(out))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var line libraryLine
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &line), "%s", scanner.Text())
		lines = append(lines, line)
	}
	require.NoError(t, scanner.Err())
	return lines
}

// refusedLike reports whether a string that the library refuses is refused here too. Two parts of a GPP string are not
// read, because nothing is granted by them: section tcfcav1 and the sub-sections of sensitive data.
func refusedLike(line libraryLine) bool {
	if line.Kind == "gpp" {
		unread := strings.Contains(line.Error, "TcfCaV1") || strings.Contains(line.Error, "SensitiveDataConsentSegment")
		return unread || refused(line.S)
	}
	_, fault := iab.SplitTCF(line.S)
	return fault != iab.OK
}

// compareTC holds a reading of a TC string against the library's; false if the string was refused.
func compareTC(t *testing.T, line libraryLine) bool {
	t.Helper()
	tcf, fault := iab.SplitTCF(line.S)
	if fault != iab.OK {
		return false
	}
	want := tcVector{
		Created: line.Created, LastUpdated: line.LastUpdated, CmpID: line.CmpID, PolicyVersion: line.PolicyVersion,
		IsServiceSpecific: line.IsServiceSpecific, PurposeOneTreatment: line.PurposeOneTreatment,
		PublisherCC: line.PublisherCC, SpecialFeatures: of(line.SpecialFeatures...),
		PurposeConsents: of(line.libraryTC.PurposeConsents...), PurposeLI: of(line.PurposeLI...),
		PublisherTC: tcf.HasPublisherTC(), PublisherConsents: of(line.PublisherConsents...),
		VendorConsents: of(line.VendorConsents...), DisclosedVendors: of(line.DisclosedVendors...),
	}
	if line.Damaged {
		// The library takes ids beyond MaxVendorId, which damage to that field brings about.
		onlyThose(want.VendorConsents, tcf.VendorConsent)
		onlyThose(want.DisclosedVendors, tcf.DisclosedVendor)
	}
	for _, r := range line.Restrictions {
		want.Restrictions = append(want.Restrictions, restriction{r.Purpose, r.Type, of(r.Vendors...)})
	}
	assertTC(t, want, tcf)

	parsed, fault := iab.ParseTCF(line.S)
	decisive := line.libraryTC.PurposeConsents
	if len(line.PublisherConsents)+len(line.PublisherLI)+line.CustomPurposes > 0 {
		decisive = line.PublisherConsents
	}
	for purpose := uint16(1); purpose <= 24; purpose++ {
		given := fault == iab.OK && slices.Contains(decisive, purpose)
		assert.Equal(t, given, parsed.Consented(of(purpose).bits()), "%s: purpose %d", line.S, purpose)
	}
	return true
}

// onlyThose takes from a set what has denies, so that only what it grants beyond the set is left to be found.
func onlyThose(s set, has func(uint16) bool) {
	for id := range s {
		if !has(id) {
			delete(s, id)
		}
	}
}

// compareGPP holds a reading of a GPP string against the library's; false if any part of it was refused.
func compareGPP(t *testing.T, line libraryLine) bool {
	t.Helper()
	g, fault := iab.ParseGPP(line.S)
	if fault != iab.OK {
		return false
	}
	alike := true
	for _, id := range line.Sections {
		assert.True(t, g.Has(id), "%s: section %d", line.S, id)
	}
	for id, want := range line.US {
		us, fault := g.US(id)
		if alike = alike && fault == iab.OK; fault == iab.OK {
			assert.Equal(t, want, stateOf(us), "%s: section %d", line.S, id)
		}
	}
	usp, fault := g.USP()
	assert.Equal(t, line.USP == nil, fault == iab.Absent, line.S)
	if line.USP != nil {
		if alike = alike && fault == iab.OK; fault == iab.OK {
			assert.Equal(t, *line.USP, [3]int{int(usp.Notice), int(usp.OptOutSale), int(usp.LSPA)}, line.S)
		}
	}
	tcf, fault := g.TCF()
	assert.Equal(t, line.TCF == nil, fault == iab.Absent, line.S)
	if fault == iab.OK {
		assert.Equal(t, line.TCF.CmpID, tcf.CmpID(), line.S)
		assert.Equal(t, of(line.TCF.PurposeConsents...).bits(), tcf.PurposeConsents(), line.S)
		consents, disclosed := of(line.TCF.VendorConsents...), of(line.TCF.DisclosedVendors...)
		if line.Damaged {
			onlyThose(consents, tcf.VendorConsent)
			onlyThose(disclosed, tcf.DisclosedVendor)
		}
		askVendors(t, consents, tcf.VendorConsent)
		askVendors(t, disclosed, tcf.DisclosedVendor)
	}
	return alike
}
