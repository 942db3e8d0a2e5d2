using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Simulation.Agreement.Seats;

/// <summary>Something that was said and has not arrived yet.</summary>
internal sealed record Letter(NodeId From, NodeId To, AgreementMessage Message);
