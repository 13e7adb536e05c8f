package iab_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

// load reads a file of the vectors shared by all parts of the project.
func load(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("../../../testdata/consent/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

// set is a set of ids; in the vectors a string like "1-3 7".
type set map[uint16]bool

func (s *set) UnmarshalText(text []byte) error {
	*s = set{}
	for _, part := range strings.Fields(string(text)) {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err := strconv.ParseUint(first, 10, 16)
		if err != nil {
			return err
		}
		to, err := strconv.ParseUint(last, 10, 16)
		if err != nil {
			return err
		}
		for id := from; id <= to; id++ {
			(*s)[uint16(id)] = true
		}
	}
	return nil
}

// bits is the set as the package writes sets of purposes.
func (s set) bits() (bits uint32) {
	for id := range s {
		bits |= 1 << (id - 1)
	}
	return bits
}

// of is a set of the given ids.
func of(ids ...uint16) set {
	s := set{}
	for _, id := range ids {
		s[id] = true
	}
	return s
}

// askVendors holds a set of vendors against the wanted one: for the small ids, for those wanted and their neighbours,
// and for a sample of the others. Asking for all 65,536 takes seconds for a long list of ranges.
func askVendors(t *testing.T, want set, has func(uint16) bool) {
	t.Helper()
	ask := func(id uint16) {
		if got := has(id); got != want[id] {
			assert.Equal(t, want[id], got, "vendor %d", id)
		}
	}
	for id := range uint16(40) {
		ask(id)
	}
	for id := range want {
		ask(id - 1)
		ask(id)
		ask(id + 1)
	}
	for id := 40; id < 1<<16; id += 997 {
		ask(uint16(id))
	}
	ask(1<<16 - 1)
}

// state is a US section as the vectors write it.
type state struct {
	Version uint8         `json:"version"`
	OptOuts [3]iab.Answer `json:"optOuts"`
	Notices [3]iab.Answer `json:"notices"`
	GPC     bool          `json:"gpc"`
}

func stateOf(u iab.US) state {
	s := state{Version: u.Version(), GPC: u.GPC()}
	for use := iab.Sale; use <= iab.TargetedAdvertising; use++ {
		s.OptOuts[use], s.Notices[use] = u.OptOut(use), u.Notice(use)
	}
	return s
}

// sectionOf is the number of a US section by its name, as in "usnat".
func sectionOf(name string) iab.Section {
	names := strings.Fields("nat ca va co ut ct fl mt or tx de ia ne nh nj tn mn md in ky ri")
	for i, n := range names {
		if "us"+n == name {
			return iab.USNat + iab.Section(i)
		}
	}
	return 0
}
