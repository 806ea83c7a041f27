// Package maps holds what the test of the forbidden must find.
package maps

import "reflect"

type table map[string]int

func Use(m map[string]int, t table, list []int) {
	for range m { // want "ranges over a map"
	}
	for k := range t { // want "ranges over a map"
		_ = k
	}
	for range map[int]bool{1: true} { // want "ranges over a map"
	}
	for range list {
	}
	v := reflect.ValueOf(m)
	_ = v.MapKeys()     // want "reflect.Value.MapKeys"
	_ = v.MapRange()    // want "reflect.Value.MapRange"
	for range v.Seq() { // want "reflect.Value.Seq"
	}
}

// In a type parameter a map hides well.
func generic[M ~map[string]int](m M) {
	for range m { // want "ranges over a map"
	}
}
