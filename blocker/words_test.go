package blocker_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func TestKindsAreReadByTheirOwnNames(t *testing.T) {
	seen := map[string]bool{}
	for i, k := range blocker.Kinds() {
		t.Run(k.String(), func(t *testing.T) {
			assert.Equal(t, i, int(k))
			assert.False(t, seen[k.String()], "two kinds of this name")
			seen[k.String()] = true
			got, ok := blocker.ParseKind(k.String())
			assert.Equal(t, k != blocker.NoKind, ok, "\"none\" is no kind that a page can name")
			assert.Equal(t, k, got)
		})
	}
	for _, word := range []string{"", "Script", "scripts", "unknown"} {
		_, ok := blocker.ParseKind(word)
		assert.False(t, ok, word)
	}
	assert.Equal(t, "unknown", blocker.Kind(len(blocker.Kinds())).String())
	assert.Equal(t, "unknown", blocker.Kind(255).String())
}

func TestOnlyCookiesKeysDatabasesAndDestinationsCarryANameInsteadOfAHost(t *testing.T) {
	named := map[blocker.Kind]bool{blocker.Cookie: true, blocker.Storage: true, blocker.Database: true, blocker.Destination: true}
	for _, k := range append(blocker.Kinds(), 255) {
		assert.Equal(t, named[k], k.Named(), k.String())
	}
}

func TestActionsAndReasonsHaveNames(t *testing.T) {
	assert.Equal(t, "allow", blocker.Allow.String())
	assert.Equal(t, "hold", blocker.Hold.String())
	assert.Equal(t, "drop", blocker.Drop.String())
	assert.Equal(t, "unknown", blocker.Action(3).String())
	seen := map[string]bool{}
	for i, r := range blocker.Reasons() {
		assert.Equal(t, i, int(r))
		assert.False(t, seen[r.String()], "two reasons read %q", r)
		seen[r.String()] = true
	}
	assert.Equal(t, "unknown", blocker.Reason(len(blocker.Reasons())).String())
}

func TestADecisionIsPackedBitByBit(t *testing.T) {
	for _, c := range []struct {
		title string
		d     blocker.Decision
		want  uint32
	}{
		{"nothing", blocker.Decision{}, 0},
		{"action", blocker.Decision{Action: blocker.Drop}, 2},
		{"refusal", blocker.Decision{Refusal: catalog.RefusePending}, 2 << 2},
		{"category", blocker.Decision{Category: consent.Marketing}, 3 << 4},
		{"reason", blocker.Decision{Reason: blocker.OptOutModel}, 5 << 8},
		{"rule", blocker.Decision{Rule: 65535}, 65535 << 16},
		{
			"everything",
			blocker.Decision{Action: blocker.Hold, Refusal: catalog.RefuseEmpty, Category: consent.Analytics, Reason: blocker.ConsentUnset, Rule: 2001},
			1 | 1<<2 | 2<<4 | 4<<8 | 2001<<16,
		},
	} {
		t.Run(c.title, func(t *testing.T) {
			assert.Equal(t, c.want, c.d.Packed())
		})
	}
}

func TestATransitionIsPackedBitByBit(t *testing.T) {
	for _, c := range []struct {
		title string
		t     blocker.Transition
		want  uint32
	}{
		{"nothing", blocker.Transition{}, 0},
		{"changed", blocker.Transition{Changed: consent.All}, 0b1110},
		{"before", blocker.Transition{Before: blocker.Drop}, 2 << 4},
		{"after", blocker.Transition{After: blocker.Drop}, 2 << 6},
		{"model", blocker.Transition{Model: true}, 1 << 8},
		{
			"everything",
			blocker.Transition{Changed: consent.Of(consent.Analytics), Before: blocker.Hold, After: blocker.Drop, Model: true},
			0b100 | 1<<4 | 2<<6 | 1<<8,
		},
	} {
		t.Run(c.title, func(t *testing.T) {
			assert.Equal(t, c.want, c.t.Packed())
		})
	}
}

func TestAProblemReadsAsOneLine(t *testing.T) {
	assert.Equal(t, "queue.limit: must be a number", blocker.Problem{Key: "queue.limit", Text: "must be a number"}.String())
}
