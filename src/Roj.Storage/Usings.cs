global using AgreementOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId,
    Roj.Agreement.Wire.AgreementMessage,
    Roj.Agreement.AgreementEvent,
    Roj.Agreement.AgreementEffect>;
global using StorageOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Storage.Wire.StorageMessage, Roj.Storage.StorageEvent, Roj.Storage.StorageEffect>;
