// Package consent knows what a visitor allowed: the categories, the state of each, who said so, and how several
// sources are merged into one record.
//
// A Reader turns what sources say into signals: the answers and strings of the standards, the words of CMPs, and the
// choices that CMPs have stored. A Board keeps the last signal of each source, and Board.Merge turns them into a Record.
// Nothing here reads a page or a clock: the same signals give the same record everywhere.
//
// # How sources are merged
//
// For each category the strongest source that knows it decides. What a source does not know, it leaves to the weaker.
//
//	source   grants                            refuses                             model it can give
//	api      what the site's code says         the same                            -
//	cmp      the visitor's decision            the same                            what the CMP applies here
//	tcf      all purposes of the category      one of them is missing              opt-in where the GDPR applies, else opt-out
//	gpp      a TC string inside                the same; marketing on objection    opt-out in the USA; opt-in as above
//	usp      -                                 marketing on opt-out of sale        opt-out where the law applies
//	gcm      an update, of all its types       an update of one of its types       -
//	gpc      -                                 marketing                           -
//
// Of this there are four refinements, all to the stricter side:
//
//   - Several CMPs of one page, and several stored choices, have one voice: for each category a refusal counts before a
//     grant, and opt-in before opt-out.
//   - A choice that was stored on an earlier visit (Signal.Stored) is heard until its source speaks itself, and no more
//     then. Of CMPs the first that speaks silences all stored choices. A stored choice gives no opt-out model.
//   - Global Privacy Control holds against the weaker standards, and against stored choices, since nobody knows whether
//     they are older than it. It is overruled by a choice that the site, its CMP or the TCF reports on this visit.
//   - Where any source says that the GDPR applies, the model is opt-in, whatever else was said or configured.
//
// A default never grants: neither a CMP's before the visitor has decided, nor one of Consent Mode, nor a section of GPP
// to which the visitor did not object. It is the model that opens what is unset.
package consent
