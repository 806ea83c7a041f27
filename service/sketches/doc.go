// Package sketches is the index of like content: it follows a ledger, keeps
// the overlap sketch of every notarized asset that has one, and finds the
// assets that share rows or columns with a sketch. The ledger names the
// sketches and the vault holds them; the folder may be deleted at any time.
//
// 100,000 assets have 400 million hashes, which do not fit in memory, and a
// search looks up thousands of them. So postings (a hash, and the number of
// an asset that has it) lie in sorted segments that are written once, in
// pages of 4 KiB; of each page only the first hash is in memory, so that a
// look-up reads one page. The newest assets are held in memory; segments are
// merged in the background, so that each is at least four times as large as
// all younger ones together: there are few.
//
// These segments are the package's own, because what there is does not fit: a
// table of SQLite or bbolt takes several times the room for rows of 12 bytes,
// writes pages all over the file, and walks down a tree for each look-up; an
// engine like Pebble does this and a hundred things that nobody needs here
// (transactions, deletions, replication), and would be the largest dependency
// of the service, for what can be thrown away and made again.
//
// Files: "catalog" has a line of fixed size for each asset, "sketches" what
// the lines point to; both only grow, the second is always written first.
// "segment-*" are made from them. "checkpoint.json" says how far the ledger
// was followed, "ledger.json" which one. All bytes that count bear checksums:
// a segment that is damaged is made again from the sketches, and these from
// ledger and vault.
package sketches
