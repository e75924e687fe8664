namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>A part of a grain's state that is read before the grain is activated.</summary>
internal interface IPersistentPart
{
    Task LoadAsync();
}
