// Package sketches is the index of like content: it follows a ledger, keeps
// the overlap sketch of every notarized asset that has one, and finds the
// assets that share rows or columns with a sketch. The ledger names the
// sketches and the vault holds them; the folder may be deleted at any time.
//
// 100,000 assets have 400 million hashes of rows. Looked for is a sample, the
// 1,024 smallest of each: all of a small table, a quarter of what is kept of a
// large one. What two tables share is in both samples or in neither, so that the
// share stays the same; then the whole sketches are compared, and answers hold
// no guess. Of two tables whose rows all fit into the samples, none is missed
// that shares eight. Of larger ones, those may be missed whose whole sketches
// share few hashes: measured, none of 89 that share about 41 (one percent of two
// tables of one size, or 41 rows of the smaller one), 1 of 60 that share about 20,
// 4 of 60 that share about 12. By chance it is at most 1 of 1,000 for 41 hashes, 1
// of 40 for 20, 1 of 30 for 12, and 1 of 10 for the fewest, eight.
//
// 100 million postings (a hash, and the number of an asset that has it) do not
// fit in memory either: they lie in sorted segments that are written once, in
// pages of 4 KiB; of each page only the first hash is in memory, so that a
// look-up reads one page. All pages of a search are asked for at once. The newest
// assets are held in memory; segments are merged in the background, so that each
// is at least eight times as large as all younger ones together: there are few.
//
// Measured by BenchmarkSimilar among 100,000 assets of 4,096 rows and six columns
// (1.5 GB of segments), on two processors of a machine that others kept at four
// times its load: 7 to 9 ms in the median and as much time of processors, three to
// four times what reading 1,024 pages takes in the same run, 40 to 100 ms at the
// 99th percentile. That is with segments in the system's memory, where Run puts
// them by reading them once after it began; before, a disk is waited for 2,000
// times: 2 s where it takes 1 ms for each.
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
