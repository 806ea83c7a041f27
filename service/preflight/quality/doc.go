// Package quality measures tables by the dimensions of GB/T 36344-2018:
// conformity 规范性, completeness 完整性, accuracy 准确性, consistency 一致性,
// timeliness 时效性 and accessibility 可访问性. Every measure names its rule and
// counts n of m; one that needs an expectation that nobody gave is not
// applicable, never 0 and never full marks. There is no clock, no randomness
// and no floating point: the same bytes give the same result everywhere, and
// no result holds a value of the data. Memory does not grow with the rows.
package quality
