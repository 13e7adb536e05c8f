// Package catalog is the one table of what belongs to Segment: hosts, the path shapes of Analytics.js,
// cookies, storage keys and databases, and the index over them.
//
// To cover something new, add a line to the table it belongs to; the tests over the tables, the generated
// JavaScript and the documentation follow. Sources are named beside each group: "AN" is the source shipped in
// the npm package @segment/analytics-next 1.84.3, "docs" is Segment's public documentation.
package catalog
