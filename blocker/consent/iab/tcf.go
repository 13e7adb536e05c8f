package iab

// TCF is a valid TC string of the Transparency and Consent Framework. It holds the text and reads a field when asked;
// only ParseTCF makes one. The zero TCF grants nothing.
//
// Sets of purposes and of special features are bits: id 1 is bit 0.
type TCF struct {
	core, disclosed, publisher string
}

// Where the fields of the core segment start, in bits.
const (
	atCreated           = 6
	atLastUpdated       = 42
	atCmpID             = 78
	atPolicyVersion     = 132
	atIsServiceSpecific = 138
	atSpecialFeatures   = 140
	atPurposeConsents   = 152
	atPurposeLI         = 176
	atPurposeOne        = 200
	atPublisherCC       = 201
	atVendorConsents    = 213
)

// Where the fields of the segment PublisherTC start, in bits.
const (
	atPublisherConsents = 3
	atPublisherLI       = 27
	atCustomPurposes    = 51
)

// Version returns the version of the encoding: 2, or 0 in the zero TCF.
func (t TCF) Version() uint8 { return uint8(field(t.core, 0, 6)) }

// Created returns when the string was made, in tenths of seconds since 1970; CMPs round to the day.
func (t TCF) Created() uint64 { return deciseconds(t.core, atCreated) }

// LastUpdated returns when the string was changed. Since December 2021 it is the same as Created.
func (t TCF) LastUpdated() uint64 { return deciseconds(t.core, atLastUpdated) }

// CmpID returns the number of the CMP that made the string.
func (t TCF) CmpID() uint16 { return uint16(field(t.core, atCmpID, 12)) }

// PolicyVersion returns the version of the policies: 4 for TCF 2.2, 5 for TCF 2.3.
func (t TCF) PolicyVersion() uint8 { return uint8(field(t.core, atPolicyVersion, 6)) }

// IsServiceSpecific reports whether the string is for this site alone, as every valid one is.
func (t TCF) IsServiceSpecific() bool { return field(t.core, atIsServiceSpecific, 1) == 1 }

// PurposeOneTreatment reports that purpose 1 was not disclosed to the visitor. It is no consent to purpose 1.
func (t TCF) PurposeOneTreatment() bool { return field(t.core, atPurposeOne, 1) == 1 }

// PublisherCC returns the country whose law counts, as two capital letters.
func (t TCF) PublisherCC() [2]byte {
	return [2]byte{'A' + byte(field(t.core, atPublisherCC, 6)), 'A' + byte(field(t.core, atPublisherCC+6, 6))}
}

// SpecialFeatures returns the special features that the visitor opted in to, of 12.
func (t TCF) SpecialFeatures() uint32 { return flags(t.core, atSpecialFeatures, 12) }

// PurposeConsents returns the purposes, of 24, that the visitor consented to for the vendors of the framework.
func (t TCF) PurposeConsents() uint32 { return flags(t.core, atPurposeConsents, 24) }

// PurposeLI returns the purposes, of 24, for which vendors' legitimate interest was shown and not objected to.
func (t TCF) PurposeLI() uint32 { return flags(t.core, atPurposeLI, 24) }

// HasPublisherTC reports whether the string has the segment PublisherTC, be it empty.
func (t TCF) HasPublisherTC() bool { return t.publisher != "" }

// PublisherConsents returns the purposes, of 24, that the visitor consented to for the publisher itself.
func (t TCF) PublisherConsents() uint32 { return flags(t.publisher, atPublisherConsents, 24) }

// Consented reports whether the visitor consented to every purpose of the set, and false for the empty set. Segment
// works for the publisher and is no vendor of the framework, so the publisher's own consents decide where the CMP
// keeps them. Many CMPs write an empty PublisherTC segment whatever the visitor chose: one without consent,
// legitimate interest or custom purpose counts as not kept, and the consents for vendors decide.
func (t TCF) Consented(purposes uint32) bool {
	given := t.PurposeConsents()
	kept := field(t.publisher, atPublisherConsents, 24) | field(t.publisher, atPublisherLI, 24) |
		field(t.publisher, atCustomPurposes, 6)
	if kept != 0 {
		given = t.PublisherConsents()
	}
	return purposes != 0 && purposes&^given == 0
}

// VendorConsent reports whether the visitor consented to the vendor with this id in the Global Vendor List.
func (t TCF) VendorConsent(vendor uint16) bool {
	r := reader{text: t.core, at: atVendorConsents}
	return r.vendors(uint32(vendor))
}

// HasDisclosedVendors reports whether the string has the segment DisclosedVendors.
func (t TCF) HasDisclosedVendors() bool { return t.disclosed != "" }

// DisclosedVendor reports whether the CMP showed the vendor to the visitor; false if the string does not say.
func (t TCF) DisclosedVendor(vendor uint16) bool {
	r := reader{text: t.disclosed, at: 3}
	return r.vendors(uint32(vendor))
}

// Restriction is what the publisher lays down for a purpose and a vendor.
type Restriction uint8

// The restrictions, strictest first after Unrestricted: one more than the standard's types, 0 to 2.
const (
	Unrestricted Restriction = iota
	NotAllowed
	RequireConsent
	RequireLegitimateInterest
)

// Restriction returns the publisher's restriction on a purpose for a vendor, the strictest if the string has several.
func (t TCF) Restriction(purpose uint8, vendor uint16) Restriction {
	r := reader{text: t.core, at: atVendorConsents}
	r.vendors(0)
	r.vendors(0)
	return r.restrictions(purpose, vendor)
}
