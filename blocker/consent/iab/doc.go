// Package iab reads the consent strings of the IAB's standards: the TC string of the Transparency and Consent
// Framework (ParseTCF), the Global Privacy Platform's string (ParseGPP) and the US privacy string (ParseUSP).
//
// It reads, it does not judge: which purpose or opt-out means which consent category is said in package consent. What
// it does decide is whether a string may be believed. Every parse gives a Fault, and a string with any fault but OK
// gives no consent: the value next to it is empty and answers no to every question.
//
// Nothing here allocates: the values point into the string they were read from, and look a vendor up when asked.
// Work is bounded by the length of the string, whatever its fields claim.
//
// The standards, as of November 2026: "Transparency and Consent String with Global Vendor & CMP List Formats" 2.3
// (github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework), "GPP Consent String
// Specification" 1.1 and its sections (github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform), "US Privacy
// String" 1 (github.com/InteractiveAdvertisingBureau/USPrivacy).
package iab
