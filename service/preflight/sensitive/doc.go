// Package sensitive looks for personal and sensitive personal information in
// tables, for the second principle of the data norm: sensitive-data exclusion
// 敏感数据排除. It reads batches as they stream by and says, for each column, which
// rules hit, how often, in which rows, and what follows. It never keeps or
// returns a value of the data.
//
// # Rules
//
// What is looked for is data a lawyer can read: rules.json names for each rule
// its standard and clause, category, kind, the words in column names, and its
// thresholds; the code has the detectors that the rules name. Digest pins the
// whole file, so that a report says what it was made with.
//
//   - GB/T 35273-2020: annex A personal information, annex B the sensitive kind
//   - GB/T 45574-2025, in force since 2025-11-01: section 6 and annex A, the
//     categories of article 28 of the Personal Information Protection Law
//   - GB/T 43697-2024, annex B: classes of personal information
//
// "personal" and "sensitive" are kept apart in a rule's Kind. The verdict
// "sensitive" does not wait for the latter: any direct identifier breaks the
// claim that data are desensitized.
//
// # Verdicts
//
// Of a column, the gravest that one of its rules gives:
//
//   - sensitive: a rule's threshold is reached, and chance does not explain it
//   - review: hits that are too few or that chance may explain; a column whose
//     name tells of identifiers but whose values have no known form; free text;
//     attributes of persons (health, religion, positions, …) in a table that
//     identifies no person. Beside a column that does they are sensitive
//   - masked: no hits, but values in desensitized forms: 138****8000, 张*, 1985-**,
//     hash values
//   - clean: none of these
//
// A cell counts once for a rule. Rates are in basis points of the non-empty
// cells, rounded up: 0 means none at all.
//
// # Chance
//
// Any number passes a check digit now and then: Luhn one time in ten. A rule
// with Chance therefore counts near misses as well, values that have the
// outward form (length, prefix, region, date) and fail the check, and its pool,
// all values of that length. The number of hits that chance would give is
//
//	expected = max(near / NearIn, min(pool / PoolIn, 3 / NearIn))
//
// since every hit by chance comes with NearIn near misses (10 of 11 numbers
// fail GB 11643). The second term speaks while no near miss has been seen: what
// random digits would give, but at most three near misses' worth, for more
// would have shown themselves in 95 of 100 tables (the rule of three). Then
//
//   - chance cannot explain the hits, when there is 1 and expected <= 1/40, or
//     2 and <= 1/5, or 3 and <= 3/7, or more and <= a quarter of them: in each
//     case chance alone gives as many in at most 2.5 of 100 tables
//   - but one to three hits in a pool more than a hundred times as large are for
//     a human in any case: a genuine number is rarer there than a lucky one
//   - chance explains them, when expected >= 1 and hits <= 2·expected + 3
//   - otherwise it may: review
//
// So one identity number among 10,000 remarks is found and sensitive; one in
// 10,000 random 18-digit order numbers is for a human; and a thousand order
// numbers that pass Luhn among ten thousand are just that. All of it is integer
// arithmetic, the same on every machine.
//
// # What is not found
//
// Without a telling column name: names in Latin letters, accounts, nicknames,
// dates of birth, 15-digit identity numbers, and every category that has no
// form of its own (health, religion, biometric templates). In any column:
// what is encrypted, encoded or in pictures, identity numbers that a
// spreadsheet rounded to 15 digits, who is under 14 (ages are not worked out),
// IP addresses within a text, and one bank card among thousands of numbers
// that pass Luhn by chance. A name's rule is told by the column's name or by
// seven cells in ten; single names within remarks are not looked for: free
// text is for a human.
package sensitive
