// Package stub holds what the test of the forbidden must find.
package stub

import "github.com/hyperledger/fabric-chaincode-go/v2/shim"

// narrow hides where the method comes from.
type narrow interface {
	GetHistoryForKey(key string) (shim.HistoryQueryIteratorInterface, error) // want "GetHistoryForKey"
}

func Use(s shim.ChaincodeStubInterface, n narrow) {
	_, _ = s.GetQueryResult("")                              // want "GetQueryResult"
	_, _, _ = s.GetQueryResultWithPagination("", 1, "")      // want "GetQueryResultWithPagination"
	_, _ = n.GetHistoryForKey("")                            // want "GetHistoryForKey"
	_, _ = s.GetPrivateData("", "")                          // want "GetPrivateData"
	_ = s.PutPrivateData("", "", nil)                        // want "PutPrivateData"
	_, _ = s.GetTransient()                                  // want "GetTransient"
	_, _ = s.GetStateByRange("", "")                         // want "GetStateByRange"
	_, _, _ = s.GetStateByRangeWithPagination("", "", 1, "") // want "GetStateByRangeWithPagination"
	_ = s.InvokeChaincode("", nil, "")                       // want "InvokeChaincode"
	_, _ = s.GetState("")
}
