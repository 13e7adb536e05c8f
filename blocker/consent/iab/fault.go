package iab

// Fault says why a string gives no consent. It is no error value: the zero Fault is OK.
type Fault uint8

// The faults. Malformed and UnknownVersion are about every string, Absent about sections of a GPP string, the rest
// about rules of the TCF.
const (
	// OK: the string is valid.
	OK Fault = iota
	// Absent: the GPP string has no such section.
	Absent
	// Malformed: cut off, not base64url, or a field holds a value that the standard does not know.
	Malformed
	// UnknownVersion: written by a version of the standard whose layout is not known here.
	UnknownVersion
	// UnknownCMP: CmpId 0 or 1, which the IAB's own library (@iabtcf/core) refuses as no CMP's.
	UnknownCMP
	// NotServiceSpecific: IsServiceSpecific is 0. Global scope ended in September 2021.
	NotServiceSpecific
	// OldPolicy: made after 30 September 2023 under a policy older than version 4 (TCF 2.2).
	OldPolicy
	// ForbiddenInterest: legitimate interest for a purpose of 3 to 6, which policy version 4 took away.
	ForbiddenInterest
	// NoDisclosedVendors: made after 28 February 2026 without the segment that TCF 2.3 requires.
	NoDisclosedVendors
	faultCount
)

var faultNames = [faultCount]string{
	"ok", "absent", "malformed", "unknown version", "unknown CMP", "not service-specific", "old policy",
	"forbidden legitimate interest", "no disclosed vendors",
}

// String returns the fault in words, for reports and tests.
func (f Fault) String() string {
	if f < faultCount {
		return faultNames[f]
	}
	return "unknown fault"
}
