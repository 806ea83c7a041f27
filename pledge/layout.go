package pledge

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"
)

// layout is how a Go type is spelled in JSON: worked out once, used by the
// strict decoder and the canonical encoder alike, so that they cannot
// disagree about a name.
type layout struct {
	typ    reflect.Type
	kind   kind
	elem   *layout
	fields []field // sorted by name, which is RFC 8785 order for ASCII names
}

type field struct {
	name  string
	index []int
	omit  bool
	of    *layout
}

type kind uint8

const (
	kindOther kind = iota
	kindString
	kindInt
	kindUint
	kindBool
	kindRaw
	kindPointer
	kindSlice
	kindMap
	kindStruct
)

var rawMessage = reflect.TypeFor[json.RawMessage]()

// layouts holds the types of this package; it never changes after start.
var layouts = layoutsOf(
	header{}, Payload{}, jwk{}, Party{}, Asset{}, Pledge{}, Terms{}, FingerprintRecord{}, FileRecord{}, CommandRecord{}, Genesis{},
	EnrollBody{}, AddKeyBody{}, RevokeKeyBody{}, ReceiptBody{}, NotarizeBody{}, CertificateBody{},
	ProposeBody{}, AgreeBody{}, RegisterBody{}, EndBody{}, AttestBody{}, ValueBody{}, ScanBody{},
	ReleaseBody{}, PerfectBody{}, FenceBody{}, Checkpoint{}, blockLeaf{},
	AssetAttestBody{}, VersionBody{}, TransferBody{}, LicenseBody{}, WithdrawBody{}, ResolveBody{}, AlertBody{}, KeyReleaseBody{},
	AmendBody{}, ExtendBody{}, AssignBody{}, SubordinateBody{}, DefaultBody{}, CureBody{}, EnforceBody{}, RealizeBody{}, LapseBody{},
	ObjectBody{}, NotifyBody{}, LodgeBody{}, DecideBody{}, ExpireBody{}, FreezeBody{}, UnfreezeBody{}, RevokeBody{}, CorrectBody{}, ClosingBody{}, planned{},
)

func layoutsOf(samples ...any) map[reflect.Type]*layout {
	all := map[reflect.Type]*layout{}
	for _, s := range samples {
		describe(reflect.TypeOf(s), all)
	}
	return all
}

// layoutOf knows our own types by heart and works out any other afresh.
func layoutOf(t reflect.Type) *layout {
	if l, ok := layouts[t]; ok {
		return l
	}
	return describe(t, map[reflect.Type]*layout{})
}

func describe(t reflect.Type, all map[reflect.Type]*layout) *layout {
	if l, ok := all[t]; ok {
		return l
	}
	l := &layout{typ: t, kind: kindOf(t)}
	all[t] = l
	switch l.kind {
	case kindPointer, kindSlice, kindMap:
		l.elem = describe(t.Elem(), all)
	case kindStruct:
		l.fields = fieldsOf(t, nil, all)
		sort.Slice(l.fields, func(i, j int) bool { return l.fields[i].name < l.fields[j].name })
	}
	return l
}

func kindOf(t reflect.Type) kind {
	if t == rawMessage {
		return kindRaw
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return kindOther
	}
	switch t.Kind() {
	case reflect.String:
		return kindString
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return kindInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return kindUint
	case reflect.Bool:
		return kindBool
	case reflect.Pointer:
		return kindPointer
	case reflect.Slice:
		return kindSlice
	case reflect.Struct:
		return kindStruct
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return kindMap
		}
	}
	return kindOther
}

func fieldsOf(t reflect.Type, path []int, all map[reflect.Type]*layout) []field {
	var fs []field
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), path...), i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			fs = append(fs, fieldsOf(f.Type, index, all)...)
		case f.IsExported():
			if name == "" {
				name = f.Name
			}
			omit := strings.Contains(opts, "omitempty") || strings.Contains(opts, "omitzero")
			fs = append(fs, field{name, index, omit, describe(f.Type, all)})
		}
	}
	return fs
}

// in finds the field in a struct value of the layout's type.
func (f *field) in(v reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}
