package rest_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// parquetPhones is a table of one column, mobile, with four numbers.
const parquetPhones = "UEFSMRUGFYwBFYwBFanM940OTBUIFQAVCBUMFQAVABIcGAsxMzgwMDEzODAwMxgLMTM4MDAxMzgwMDAWACgLMTM4MDAxMzgwMDMYCzEzODAwMT" +
	"M4MDAwAAAAgAEEBBYVBAAAALsLAAAAAAAAAAAAAAAAAAAxMzgwMDEzODAwMDEzODAwMTM4MDAxMTM4MDAxMzgwMDIxMzgwMDEzODAwMxkSABkY" +
	"CzEzODAwMTM4MDAwGRgLMTM4MDAxMzgwMDMVABkWAAAZHBYIFbgCFgAAABUEGSxIA3JvdxUCABUMJQAYBm1vYmlsZSUATBwAAAAWCBkcGRwmAB" +
	"wVDBkVDBkYBm1vYmlsZRUAFggWuAIWuAImCDw2ACgLMTM4MDAxMzgwMDMYCzEzODAwMTM4MDAwABkcFQYVDBUCADwWWAAAFooDFRYWwAIVSgAW" +
	"uAIWCBkMFggWuAIUAAAZDBg3Z2l0aHViLmNvbS9wYXJxdWV0LWdvL3BhcnF1ZXQtZ28gdmVyc2lvbiAwLjMyLjAoYnVpbGQgKRkcHAAAAMkAAA" +
	"BQQVIx"

const numbers = "13800138000 13800138001 13800138002 13800138003"

// everyFormat is a dataset with a table of mobile numbers in each format, and
// a file that is no table.
func everyFormat(t *testing.T) map[string]string {
	t.Helper()
	rows := strings.ReplaceAll(numbers, " ", "\n") + "\n"
	var lines strings.Builder
	for n := range strings.FieldsSeq(numbers) {
		lines.WriteString(`{"mobile":"` + n + `"}` + "\n")
	}
	return map[string]string{
		"plain.csv": "a<b>&\u2028c,n\n1,2\n3,4\n", "people.csv": "mobile\n" + rows, "gb.csv": "\xca\xd6\xbb\xfa\n" + rows, // 手机 in GB 18030
		"lines.jsonl": lines.String(), "cells.xlsx": workbook(t), "cells.parquet": string(must(base64.StdEncoding.DecodeString(parquetPhones))(t)),
		"notes.txt": "nothing\n", "empty.csv": "",
	}
}

// workbook has the numbers in its first sheet.
func workbook(t *testing.T) string {
	t.Helper()
	var rows, b bytes.Buffer
	for n := range strings.FieldsSeq("mobile " + numbers) {
		rows.WriteString(`<row><c t="inlineStr"><is><t>` + n + `</t></is></c></row>`)
	}
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows.String() + `</sheetData></worksheet>`},
	} {
		w := must(z.Create(part[0]))(t)
		if _, err := w.Write([]byte(part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
