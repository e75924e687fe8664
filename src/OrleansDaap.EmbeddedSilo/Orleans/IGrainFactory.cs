namespace Orleans;

/// <summary>Gives references to grains; a grain need not be active, or ever have been, to be referred to.</summary>
public interface IGrainFactory
{
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}
