package rest

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// certificate answers a certificate as JSON, or with ".pdf" behind the number
// as a file to print.
func (h *Handler) certificate(c *gin.Context) error {
	number, pdf := strings.CutSuffix(c.Param("number"), ".pdf")
	if pdf {
		return h.certificatePDF(c, number)
	}
	cert, err := h.svc.Certificate(c.Request.Context(), number)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, cert)
	return nil
}

// costOfPDF is what a PDF costs, in requests: it takes some 64 ms of processor,
// and anybody may ask for one.
const costOfPDF = 100

func (h *Handler) certificatePDF(c *gin.Context, number string) error {
	if !h.addresses.allowCostly(network(c.ClientIP()), costOfPDF) {
		return errTooOften
	}
	file, err := h.svc.PrintCertificate(c.Request.Context(), number, c.DefaultQuery("lang", "zh"))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `inline; filename="certificate.pdf"`)
	c.Data(http.StatusOK, "application/pdf", file)
	return nil
}
