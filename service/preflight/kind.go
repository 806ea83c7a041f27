package preflight

import (
	"bytes"
	"path"
	"strings"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// What a file is that nobody looked inside, as far as its first bytes and its
// name tell. The words say what to do about it.
const (
	kindEmpty    = "empty"
	kindPacked   = "packed"
	kindSheet    = "old-spreadsheet"
	kindDatabase = "database"
	kindDocument = "document"
	kindPicture  = "picture"
	kindMedia    = "media"
	kindText     = "text"
	kindWide     = "utf-16"
	kindOther    = "other"
)

var kindWords = map[string]service.Text{
	kindEmpty:    {ZH: "空文件", EN: "an empty file"},
	kindPacked:   {ZH: "压缩或打包文件,内容未检查:请先解压再预检", EN: "packed, nobody looked inside: unpack it first"},
	kindSheet:    {ZH: "旧版表格(.xls、.ods 等),内容未检查:请另存为 XLSX 或 CSV", EN: "a spreadsheet of another format (.xls, .ods), nobody looked inside: save it as XLSX or CSV"},
	kindDatabase: {ZH: "数据库文件,内容未检查:请将各表导出为 CSV 或 Parquet", EN: "a database, nobody looked inside: export its tables as CSV or Parquet"},
	kindDocument: {ZH: "文档,不是表格,内容未检查:请人工确认", EN: "a document, not a table, nobody looked inside: have a person look"},
	kindPicture:  {ZH: "图片,内容(人脸、证件等)未检查:请人工确认", EN: "a picture, nobody looked for faces or papers in it: have a person look"},
	kindMedia:    {ZH: "音视频,内容(人声、人脸等)未检查:请人工确认", EN: "sound or film, nobody looked for voices or faces in it: have a person look"},
	kindText:     {ZH: "文本,不是表格,内容未检查:请人工确认", EN: "text, not a table, nobody looked inside: have a person look"},
	kindWide:     {ZH: "疑似无字节序标记(BOM)的 UTF-16 文本,内容未检查:请另存为 UTF-8", EN: "perhaps UTF-16 text without a byte order mark, nobody looked inside: save it as UTF-8"},
	kindOther:    {ZH: "不是表格,内容未检查:请人工确认", EN: "not a table, nobody looked inside: have a person look"},
}

// signatures are what files begin with.
var signatures = []struct{ begin, kind string }{
	{"\x1f\x8b", kindPacked}, {"BZh", kindPacked}, {"\xfd7zXZ\x00", kindPacked}, {"\x28\xb5\x2f\xfd", kindPacked}, {"7z\xbc\xaf\x27\x1c", kindPacked}, {"Rar!\x1a\x07", kindPacked}, {"\x04\x22\x4d\x18", kindPacked},
	{"SQLite format 3\x00", kindDatabase}, {"\x00\x01\x00\x00Standard Jet DB", kindDatabase}, {"\x00\x01\x00\x00Standard ACE DB", kindDatabase},
	{"Obj\x01", kindDatabase}, {"ORC", kindDatabase}, {"ARROW1", kindDatabase}, {"\x89HDF", kindDatabase},
	{"%PDF-", kindDocument}, {"{\\rtf", kindDocument},
	{"\x89PNG\r\n\x1a\n", kindPicture}, {"\xff\xd8\xff", kindPicture}, {"GIF8", kindPicture}, {"II*\x00", kindPicture}, {"MM\x00*", kindPicture}, {"BM", kindPicture},
	{"ID3", kindMedia}, {"OggS", kindMedia}, {"fLaC", kindMedia}, {"\x1aE\xdf\xa3", kindMedia},
}

// endings are for containers that hold one thing or another.
var endings = map[string]string{
	".xls": kindSheet, ".et": kindSheet, ".ods": kindSheet, ".xlsb": kindSheet, ".numbers": kindSheet,
	".doc": kindDocument, ".docx": kindDocument, ".ppt": kindDocument, ".pptx": kindDocument, ".odt": kindDocument, ".wps": kindDocument,
}

// kindOf tells what a file is by its head, which is whole when it is shorter
// than headSize.
func kindOf(name string, head []byte) string {
	if len(head) == 0 {
		return kindEmpty
	}
	ending := endings[strings.ToLower(path.Ext(name))]
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) || bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return containerKind(ending, head)
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return kindPacked
	case len(head) > 12 && (string(head[4:8]) == "ftyp" || string(head[:4]) == "RIFF"):
		return mediaKind(head)
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begin)) {
			return s.kind
		}
	}
	return plainKind(head)
}

// claims are endings that say that a file is a table.
var claims = map[string]string{
	".csv": table.BrokenEncoding, ".tsv": table.BrokenEncoding, ".tab": table.BrokenEncoding, ".psv": table.BrokenEncoding,
	".jsonl": table.Malformed, ".ndjson": table.Malformed, ".xlsx": table.Malformed, ".xlsm": table.Malformed, ".parquet": table.Malformed,
}

// raw says what a file is that is no table. One that is called a table was not
// examined because something is wrong with it: a single zero byte must not
// make a table of persons pass.
func (f *file) raw(head []byte) {
	f.Kind = kindOf(f.Path, head)
	if code := claims[strings.ToLower(path.Ext(f.Path))]; code != "" && f.Kind != kindEmpty {
		f.Stopped = &table.Error{Code: code, Detail: "not what its name says"}
	}
}

// containerKind tells the contents of a zip or OLE file by its name.
func containerKind(ending string, head []byte) string {
	switch {
	case ending != "":
		return ending
	case head[0] == 'P':
		return kindPacked
	}
	return kindOther
}

func mediaKind(head []byte) string {
	switch string(head[8:12]) {
	case "WEBP", "heic", "mif1", "avif":
		return kindPicture
	}
	return kindMedia
}

// plainKind tells text from UTF-16, of which every other byte of ASCII is
// zero, and from all else.
func plainKind(head []byte) string {
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch even, odd := zeros[0], zeros[1]; {
	case even+odd == 0:
		return kindText
	case len(head) >= 8 && max(even, odd) > len(head)/5 && min(even, odd)*20 <= max(even, odd):
		return kindWide
	}
	return kindOther
}
