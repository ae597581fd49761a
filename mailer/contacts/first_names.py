"""First names that are common in France; they show which end of a name is the first name."""

from __future__ import annotations

from mailer.contacts.cells import listed

FIRST_NAMES = listed(
    """
    adam adele adrien agathe agnes aicha alain alan albane albert alex alexandra alexandre alexia alexis ali alice alicia
    aline alison alix amandine ambre amelie amina amine anais andre andrea andree ange angele angelique anissa anita ann
    anna annabelle anne annette annick annie antoine antoinette anthony antonin antonio armand arnaud arthur astrid
    aude audrey augustin aurelia aurelie aurelien axel aya ayoub baptiste barbara bastien beatrice benedicte benjamin
    benoit bernadette bernard berthe bertrand bilal blandine boris brahim brice brigitte bruno camille capucine
    carine carla carlos carole caroline catherine cecile cecilia cedric celestin celia celine chantal charlene charles
    charline charlotte chloe christel christelle christian christiane christine christophe claire clara claude
    claudette claudia claudie claudine clemence clement clementine clothilde clotilde coline colette constance
    constant coralie corentin corinne cyril cyrille damien daniel daniele danielle danny david deborah delphine denis
    denise didier diego dimitri djamel djamila dominique dorian dorothee driss edgar edith edmond edouard edwige elena
    eleonore eliane elias eliott elisa elisabeth elise eliza ella elodie eloise elsa elvira emeline emeric emile emilie
    emilien emma emmanuel emmanuelle enzo eric erika ernest erwan esteban estelle esther ethan etienne eugene eugenie
    eva evan eve evelyne fabien fabienne fabio fabrice fadila fanny farah farid farida fatiha fatima fatma fatou felicie
    felix fernand ferdinand fleur flora flore florence florent florian florine france francine francis franck
    francois francoise frank fred frederic frederique gabin gabriel gabriela gabriella gabrielle gael gaelle gaetan
    garance gaspard gaston genevieve geoffrey georges georgette gerald geraldine gerard germain germaine ghislain
    ghislaine gilbert gilberte gilles ginette giulia gladys gregoire gregory guillaume gustave guy gwenaelle
    habib hakim hamid hamza hanane harry hassan hector helena helene heloise henri henriette herve hicham honorine
    houria hubert hugo hugues huguette ibrahim ilan ilyes imane imran ines ingrid irene iris isaac isabelle ismael
    ivan jacky jacob jacqueline jacques jade james jamila jan jane janine jasmine jean jeanine jeanne jeannine jennifer
    jeremie jeremy jerome jessica joan joanna joel joelle joey johan johanna john johnny jonas jonathan jordan
    jose joseph josephine josette josiane josselin joy juan judith jules julia julian juliana julie julien julienne
    juliette justin justine kamel karen karim karima karine karl kais kelly kenza kevin khadija khaled killian klara
    laetitia laila lamine lara laura laure laurence laurent laurie laurine lea leane leila lena leo leon leonard leonie
    leontine leopold leslie lila lilian liliane lilou lily lina linda line lionel lisa lise livia lola loic lou louane
    loubna louis louise louisa louison luc luca lucas lucette lucie lucien lucienne lucille luda ludivine ludovic
    lydia lydie lylia maelle maelys madeleine magali maggy mahmoud maia malek malik malika manon manuel manuela
    marc marceau marcel marcelle marco margaux margot marguerite maria mariam mariama marie marielle marina marine
    mario marion marius marjorie marlene marthe martial martin martine maryline maryse maryvonne mateo mathias mathieu
    mathilde mathis mathys matteo matthias matthieu maud maurice max maxence maxime maya medhi mehdi mehmet
    melanie melina melissa melvin mercedes meriem micheline michael michel michele micheline mickael mila milan milo
    mireille mohamed mohammed moise mona monique morgan morgane mounir mourad moussa muriel mustapha myriam nabil nacer
    nadege nadia nadine nael naima nassim natacha natalia nathalie nathan nathanael nawel nicolas nicole nina noa noah
    noe noel noelle noemie nolan nora norbert nordine noura oceane octave odette odile olga olive olivia olivier
    omar ophelie orlane oscar oussama pablo paola pascal pascale patrice patricia patrick paul paula paulette pauline
    pedro perrine peter philippe philomene pierre pierrette priscilla quentin rabah rachel rachid rachida rania raoul
    raphael raphaelle raymond raymonde rebecca regine regis reine remi remy renaud rene renee richard robert
    roberto robin rodolphe rodrigue roger roland rolande romain romane romeo romuald rosa rosalie rose roseline
    roxane ruben sabah sabine sabrina said saida salah salim salima salome salomon sam samantha sami samia samir
    samira samuel sandra sandrine sandy sara sarah sasha sebastien selim selma serena serge severine sidonie sihem
    simon simone sofia sofiane solange solene sonia sophia sophie soraya stanislas stella stephan stephane stephanie
    steve steven suzanne suzette suzy swann sylvain sylvaine sylvette sylviane sylvie tania tanguy tatiana telma
    teresa theo theodore theophile therese thibaud thibault thibaut thierry thomas tiffany tim timeo timothee titouan
    tom tony tristan ugo ulysse urbain ursula valentin valentine valere valerie vanessa vera veronique vianney victoire
    victor victoria vincent violette virgile virginie vivian viviane walid wassila wendy werner wilfried william
    willy xavier yacine yael yanis yann yannick yasmina yasmine yassine yoan yoann yohan yolande youcef
    youssef yvan yves yvette yvon yvonne zachary zahra zakaria zelie zineb zoe zohra
    """
)
"""In the form of `cells.words`; a compound name stands as its parts."""
