package iab

// Use is something a visitor can opt out of under the laws of the US states.
type Use uint8

// The uses. Sharing (for cross-context behavioural advertising) is a notion of California's law; the other states'
// word is targeted advertising.
const (
	Sale Use = iota
	Sharing
	TargetedAdvertising
	useCount
)

// US is what a US section of a GPP string says of the opt-outs. The zero US says nothing at all.
type US struct {
	bits uint32 // GPC, then 6 bits of Version, then 2 for each answer
}

// Version returns that of the section's layout, and in the sections md, in, ky and ri that of the MSPA.
func (u US) Version() uint8 { return uint8(u.bits >> 1 & 63) }

// GPC reports the visitor's Global Privacy Control, as the CMP saw it.
func (u US) GPC() bool { return u.bits&1 == 1 }

// OptOut says whether the visitor opted out of a use; NotApplicable if the law of the state does not know it.
func (u US) OptOut(use Use) Answer { return u.answer(use) }

// Notice says whether the visitor was told of the right to opt out of a use.
func (u US) Notice(use Use) Answer { return u.answer(useCount + use) }

func (u US) answer(field Use) Answer { return Answer(u.bits >> (7 + 2*field) & 3) }

// fields is the number of fields in a layout: an opt-out for each use, then a notice for each.
const fields = 2 * int(useCount)

// Where the fields lie differs in few ways: a layout holds their offsets in bits from the start of the section, 0 for
// one that the section lacks. They are the same in versions 1 and 2. From the GPP section specifications, checked
// against the encoder of @iabgpp/cmpapi 3.2.0.
var layouts = [...][fields]uint8{
	{18, 20, 22, 8, 10, 12}, // 0: nat
	{12, 14, 0, 6, 8, 0},    // 1: ca
	{12, 0, 14, 8, 0, 10},   // 2: most
	{14, 0, 16, 8, 0, 10},   // 3: ut, ia
	{16, 0, 18, 12, 0, 14},  // 4: md, in, ky, ri
}

// shapes holds the layout of each section from USNat on, and the characters that a whole core has at least: one that is
// shorter was cut.
var shapes = [USRI - USNat + 1]struct{ layout, characters uint8 }{
	{0, 10},                        // nat
	{1, 8}, {2, 7}, {2, 7}, {3, 7}, // ca, va, co, ut
	{2, 8}, {2, 8}, {2, 8}, {2, 9}, // ct, fl, mt, or
	{2, 7}, {2, 9}, {3, 7}, {2, 7}, // tx, de, ia, ne
	{2, 8}, {2, 9}, {2, 7}, {2, 7}, // nh, nj, tn, mn
	{4, 4}, {4, 4}, {4, 4}, {4, 4}, // md, in, ky, ri
}

// withoutGPC is the set of the sections that have no GPC sub-section: va, ut, fl, in, ky, ri. The last three have
// another one in its place, without a type in front.
const withoutGPC = 1<<9 | 1<<11 | 1<<13 | 1<<25 | 1<<26 | 1<<27

// usmd is the first section that starts with the version of the MSPA in place of its own.
const usmd = 24

// US reads one of the sections from USNat to USRI; any other is absent. With any fault but OK the US is the zero one.
//
// Newer specifications put a header in front of the core (in, ky, md and ri in 2026, and usnat 3.0, whose core holds a
// single opt-out). A header starts with the number of the section, 7 or above, where a core has its version: no
// version here reaches it, so that such a string is of an unknown version and never read by the wrong layout.
func (g GPP) US(id Section) (US, Fault) {
	if id < USNat || id > USRI || !g.Has(id) {
		return US{}, Absent
	}
	var r reader
	segments := parts{g.section(id), true}
	r.open(segments.next('.'))
	version := r.take(6)
	if !r.bad && (version == 0 || version > 2 && id < usmd || version >= usmd) {
		return US{}, UnknownVersion
	}
	shape := &shapes[id-USNat]
	r.bad = r.bad || len(r.text) < int(shape.characters)
	u := US{version << 1}
	layout := &layouts[shape.layout]
	for i := range layout {
		if at := layout[i]; at != 0 {
			r.at = int(at)
			answer := r.take(2)
			r.bad = r.bad || answer == 3
			u.bits |= answer << (7 + 2*i)
		}
	}
	for withoutGPC>>id&1 == 0 && segments.more && !r.bad {
		r.open(segments.next('.'))
		r.bad = r.take(2) != 1 || r.bad // an unknown sub-section may hold an opt-out
		u.bits |= r.take(1)
	}
	if r.bad {
		return US{}, Malformed
	}
	return u, OK
}
