// Package faultrun kills, starves and corrupts the parts of a running
// consortium while a service takes commands, and holds every answer that was
// given against the ledger afterwards. The runs are tests; what stands here
// keeps their books.
package faultrun
