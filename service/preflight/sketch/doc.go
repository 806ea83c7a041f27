// Package sketch finds out how much of one table is in another without either
// of them: a sketch holds the smallest keyed hashes of a table's rows, so two
// sketches made with the same key share those of the rows that both tables
// have. A row's hash adds up the hashes of its cells: the order of rows and of
// columns, the names of columns, empty columns and the encoding of the file
// change nothing. A second set, of the values of each column that has many,
// finds a table again of which columns were dropped or joined.
//
// The hashes come from a key that only the channel's members have: without it
// nobody can guess rows and look whether they are there. The estimate is the
// threshold estimator of bottom-k sketches (Cohen and Kaplan, 2007); its bound is
// Wilson's score interval (1927) at three standard deviations.
package sketch
